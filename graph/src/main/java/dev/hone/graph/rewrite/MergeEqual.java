package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Common subexpression elimination: keeps one of several nodes with the same operator, attributes and inputs, and one
 * of several initializers with the same contents. Nodes with subgraphs, of other domains or with random outputs are not
 * merged, and a graph output keeps its own node. Results are bitwise identical.
 */
public final class MergeEqual implements Pass {
    private final boolean parameters;

    /**
     * @param parameters whether to also merge floating-point initializers; false before training, where they are
     * separate parameters
     */
    public MergeEqual(boolean parameters) {
        this.parameters = parameters;
    }

    @Override
    public String name() {
        return parameters ? "merge-equal" : "merge-equal-nodes";
    }

    @Override
    public String description() {
        return parameters
                ? "Keep one of nodes that compute the same and of initializers that hold the same."
                : "Keep one of nodes that compute the same, and of equal initializers of whole numbers.";
    }

    @Override
    public boolean run(Graph graph) {
        return merge(graph, new HashMap<>(), new HashMap<>());
    }

    /** The maps contain the nodes of the enclosing graphs. */
    private boolean merge(
            Graph graph, Map<List<Object>, Node> seenAround, Map<List<Object>, List<Value>> constantsAround) {
        graph.sort();
        Map<List<Object>, List<Value>> constants = new HashMap<>(constantsAround);
        constants.replaceAll((key, values) -> new ArrayList<>(values));
        boolean changed = mergeConstants(graph, constants);
        Map<List<Object>, Node> seen = new HashMap<>(seenAround);
        for (Node node : List.copyOf(graph.nodes())) {
            for (Graph subgraph : node.subgraphs()) {
                changed |= merge(subgraph, seen, constants);
            }
            if (!node.domain().isEmpty() || !node.subgraphs().isEmpty() || OperatorTraits.is(node, Fact.RANDOM)) {
                continue;
            }
            Node first = seen.putIfAbsent(key(node), node);
            if (first != null && join(first, node)) {
                changed = true;
            }
        }
        return changed;
    }

    private boolean mergeConstants(Graph graph, Map<List<Object>, List<Value>> known) {
        boolean changed = false;
        for (Value value : List.copyOf(graph.constants())) {
            Tensor tensor = value.constant();
            if (!value.isConstant() || value.isOutput() || (tensor.type().isFloat() && !parameters)) {
                continue;
            }
            List<Value> bucket = known.computeIfAbsent(
                    List.of(tensor.type(), Arrays.hashCode(tensor.dims()), fingerprint(tensor)),
                    k -> new ArrayList<>());
            Value equal = bucket.stream()
                    .filter(other -> other.constant().contentEquals(tensor))
                    .findFirst()
                    .orElse(null);
            if (equal == null) {
                bucket.add(value);
            } else {
                value.replaceBy(equal);
                graph.removeConstant(value);
                changed = true;
            }
        }
        return changed;
    }

    /** A hash of part of the contents, which distinguishes most tensors without reading large ones completely. */
    private static int fingerprint(Tensor tensor) {
        long size = tensor.data().size();
        if (size == 0) {
            return 0;
        }
        int length = (int) Math.min(size, 4096);
        return tensor.data().slice(size - length, length).hashCode();
    }

    /**
     * Replaces all uses of the second node by the first.
     *
     * @return whether anything changed
     */
    private static boolean join(Node first, Node second) {
        boolean changed = false;
        for (int i = 0; i < second.outputs().size(); i++) {
            Value old = second.output(i);
            if (old == null || old.isUnused()) {
                continue;
            }
            if (first.output(i) == null || !GraphEdits.canReplace(old, first.output(i))) {
                return changed;
            }
            GraphEdits.replaceByExisting(old, first.output(i));
            changed = true;
        }
        GraphEdits.prune(second);
        return changed;
    }

    private static List<Object> key(Node node) {
        Map<String, Object> attributes = new TreeMap<>();
        node.attributes().forEach((name, value) -> attributes.put(name, comparable(value)));
        List<Value> inputs = new ArrayList<>(node.inputs());
        if (OperatorTraits.is(node, Fact.COMMUTES) && inputs.size() == 2) {
            inputs.sort((a, b) -> Integer.compare(System.identityHashCode(a), System.identityHashCode(b)));
        }
        return List.of(node.op(), attributes, inputs, node.outputs().size());
    }

    /** Something whose equality is that of the contents; attributes of rarer kinds equal themselves only. */
    private static Object comparable(Attribute attribute) {
        if (attribute instanceof Attribute.Str text) {
            return List.of("string", text.value());
        }
        return attribute instanceof Attribute.TensorValue tensor
                        && tensor.value().count() <= 64
                ? List.of(
                        tensor.value().type(),
                        Arrays.toString(tensor.value().dims()),
                        tensor.value().type() == dev.hone.core.ElementType.STRING
                                ? tensor.value()
                                : tensor.value().buffer())
                : attribute;
    }
}
