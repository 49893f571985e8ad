package dev.hone.train.objective;

import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.InlineFunctions;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts a model at inference into the graph of another one. */
final class Attachment {
    private Attachment() {}

    /** The inputs that a caller has to feed. */
    static List<Value> inputs(Model model) {
        return model.graph().inputs().stream().filter(v -> v.constant() == null).toList();
    }

    /** @param feeds by name of the guest's inputs */
    static AttachedModel attach(Model host, Model guest, Map<String, Value> feeds) {
        // Its subgraphs move into the host: those of a copy.
        Model own = guest.copy();
        InlineFunctions.run(own);
        own.opsets().forEach((domain, version) -> {
            Long present = host.opsets().putIfAbsent(domain, version);
            if (present != null && !present.equals(version)) {
                throw new HoneException("the attached model uses version " + version + " of the operators '" + domain
                        + "', the trained one version " + present);
            }
        });
        Graph copy = own.graph();
        Map<String, Dim> symbols = new LinkedHashMap<>();
        List<Value> inputs =
                copy.inputs().stream().filter(v -> v.constant() == null).toList();
        for (Value input : inputs) {
            Value feed = feeds.get(input.name());
            if (feed == null) {
                throw new HoneException("the attached model's input '" + input.name() + "' is not fed");
            }
            match(input, feed, symbols);
            input.setShape(feed.shape());
        }
        ShapeInference.bind(copy, symbols);
        NodeCopies copies = new NodeCopies(host.graph());
        inputs.forEach(input -> copies.replace(input, feeds.get(input.name())));
        for (Node node : copy.nodes()) {
            if (node.is("Dropout")) {
                copies.replace(node.output(), copies.of(node.input(0)));
            } else {
                copies.copy(node);
            }
        }
        Map<String, Value> values = new LinkedHashMap<>();
        copy.values().forEach(v -> values.put(v.name(), v));
        Map<String, Value> outputs = new LinkedHashMap<>();
        copy.outputs().forEach(v -> outputs.put(v.name(), v));
        return new AttachedModel(feeds, mapped(outputs, copies), mapped(values, copies));
    }

    private static void match(Value input, Value feed, Map<String, Dim> symbols) {
        Shape shape = input.shape();
        boolean fits = input.type() == feed.type()
                && (shape == null || shape.rank() == feed.shape().rank());
        for (int axis = 0; fits && shape != null && axis < shape.rank(); axis++) {
            Dim dim = shape.dim(axis);
            if (dim.isConstant()) {
                fits = dim.equals(feed.shape().dim(axis));
            } else {
                symbols.put(dim.toString(), feed.shape().dim(axis));
            }
        }
        if (!fits) {
            throw new HoneException("the attached model's input " + input + " cannot be fed with " + feed);
        }
    }

    static Map<String, Value> mapped(Map<String, Value> originals, NodeCopies copies) {
        Map<String, Value> mapped = new LinkedHashMap<>();
        originals.forEach((name, value) -> {
            if (copies.has(value)) {
                mapped.put(name, copies.of(value));
            }
        });
        return mapped;
    }

    /** All nodes that depend on some values. */
    static Set<Node> readers(Collection<Value> values) {
        Set<Node> readers = new HashSet<>();
        ArrayDeque<Value> open = new ArrayDeque<>(values);
        while (!open.isEmpty()) {
            for (Node reader : open.pop().readers()) {
                if (readers.add(reader)) {
                    reader.outputs().stream().filter(v -> v != null).forEach(open::add);
                }
            }
        }
        return readers;
    }
}
