package dev.hone.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Copies graphs with their subgraphs. Immutable tensors, shapes and uninterpreted bytes are shared; values, nodes and
 * graphs are new. A map from values to their copies keeps the references of subgraphs to outer values consistent.
 */
final class GraphCopier {
    private final Map<Value, Value> copies = new IdentityHashMap<>();
    private java.util.function.Function<Attribute.Reference, Attribute> references = reference -> reference;
    /** The graph whose surroundings stay, or null if there are none. */
    private Graph part;

    /** A copy of a graph that reads what the graph reads of enclosing ones. */
    Graph copyPart(Graph graph) {
        part = graph;
        return copy(graph);
    }

    /** See {@link Graph#insert}. */
    Graph.Inserted insert(
            Graph body,
            Graph to,
            List<Value> inputs,
            java.util.function.Function<Attribute.Reference, Attribute> attributes) {
        references = attributes;
        for (int i = 0; i < body.inputs().size(); i++) {
            copies.put(body.inputs().get(i), i < inputs.size() ? inputs.get(i) : null);
        }
        for (Value constant : body.constants()) {
            to.adoptConstant(renamed(copy(constant, to)));
        }
        Map<Node, Node> nodes = new LinkedHashMap<>();
        for (Node node : body.nodes()) {
            Node copy = copyOutside(node, to);
            copy.outputs().stream().filter(Objects::nonNull).forEach(GraphCopier::renamed);
            nodes.put(node, copy);
        }
        nodes.forEach(this::copyInside);
        List<Value> outputs = new ArrayList<>();
        body.outputs().forEach(output -> outputs.add(copied(output)));
        return new Graph.Inserted(List.copyOf(nodes.values()), outputs);
    }

    private static Value renamed(Value value) {
        value.setName(value.graph().freshName(value.name()));
        return value;
    }

    Model copy(Model model) {
        Model copy = new Model(copy(model.graph()));
        copy.setIrVersion(model.irVersion());
        copy.setProducer(model.producer(), model.producerVersion());
        copy.setIdentity(model.domain(), model.version());
        copy.setDoc(model.doc());
        copy.setCarried(model.carried());
        copy.opsets().clear();
        copy.opsets().putAll(model.opsets());
        copy.metadata().putAll(model.metadata());
        model.functions().forEach(f -> copy.functions().add(copy(f)));
        return copy;
    }

    private Function copy(Function function) {
        Map<String, Attribute> defaults = new LinkedHashMap<>();
        function.defaults().forEach((name, value) -> defaults.put(name, copy(value)));
        return new Function(
                function.domain(),
                function.name(),
                function.overload(),
                function.attributes(),
                defaults,
                copy(function.body()),
                new LinkedHashMap<>(function.opsets()),
                function.doc());
    }

    private Graph copy(Graph graph) {
        Graph copy = new Graph(graph);
        for (Value constant : graph.constants()) {
            copy.adoptConstant(copy(constant, copy));
        }
        for (Value input : graph.inputs()) {
            // An initializer may also be an input.
            Value made = copies.get(input);
            copy.addInput(made == null ? copy(input, copy) : made);
        }
        // Declare all outputs first: a subgraph may read the output of a later node.
        Map<Node, Node> nodes = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            nodes.put(node, copyOutside(node, copy));
        }
        nodes.forEach(this::copyInside);
        graph.outputs().forEach(output -> copy.addOutput(copied(output)));
        return copy;
    }

    private Value copy(Value value, Graph to) {
        Value copy = new Value(to, value);
        copies.put(value, copy);
        return copy;
    }

    /** @throws IllegalStateException if no enclosing graph owns the value */
    private Value copied(Value value) {
        Value copy = copies.get(value);
        if (copy == null && !copies.containsKey(value)) {
            if (part != null && !isInside(value)) {
                return value;
            }
            throw new IllegalStateException("value " + value.name() + " is read, but belongs to no enclosing graph");
        }
        return copy;
    }

    private boolean isInside(Value value) {
        Graph graph = value.graph();
        while (graph != part && graph.owner() != null) {
            graph = graph.owner().graph();
        }
        return graph == part;
    }

    private Node copyOutside(Node node, Graph to) {
        Node copy = to.addNode(node.domain(), node.op(), List.of());
        copy.setOverload(node.overload());
        copy.setName(node.name());
        copy.setDoc(node.doc());
        copy.setCarried(node.carried());
        for (Value output : node.outputs()) {
            copy.adoptOutput(output == null ? null : copy(output, to));
        }
        return copy;
    }

    private void copyInside(Node node, Node copy) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            copy.setInput(i, input == null ? null : copied(input));
        }
        node.attributes().forEach((name, value) -> copy.set(name, copy(value)));
    }

    private Attribute copy(Attribute attribute) {
        if (attribute instanceof Attribute.GraphValue one) {
            return new Attribute.GraphValue(copy(one.value()));
        } else if (attribute instanceof Attribute.Graphs many) {
            return new Attribute.Graphs(many.values().stream().map(this::copy).toList());
        }
        return attribute instanceof Attribute.Reference reference ? references.apply(reference) : attribute;
    }
}
