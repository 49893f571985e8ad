package dev.hone.autodiff;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.expand.Expansion;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradients of operators by their expansion into simpler ones: the expansion is added beside the node and differentiated.
 * What of it no gradient reads is removed again.
 */
final class ExpandedGradients {
    private ExpandedGradients() {}

    /**
     * @param dy gradient by output, null if there is none
     * @param wanted inputs that need a gradient
     * @return gradient by input value; inputs that the outputs do not depend on are absent
     */
    static Map<Value, Value> gradients(Ops o, Node n, Expansion expansion, List<Value> dy, List<Value> wanted) {
        Graph graph = o.graph();
        int before = graph.nodes().size();
        // Differentiated inputs are read through identities, at which differentiation ends, even if one depends on
        // another.
        Map<Value, Value> stops = new LinkedHashMap<>();
        wanted.forEach(value -> stops.put(value, stop(o, value)));
        Value[] inputs = n.inputs().stream().map(v -> stops.getOrDefault(v, v)).toArray(Value[]::new);
        Node copy = graph.addNode(n.domain(), n.op(), Arrays.asList(inputs));
        n.attributes().forEach(copy::set);
        for (Value output : n.outputs()) {
            Value same = copy.addOutput(output == null ? null : graph.freshName(n.op()));
            if (output != null) {
                same.setType(output.type()).setShape(output.shape());
            }
        }
        List<Value> outputs = expansion.expand(o, copy);
        List<Node> expanded =
                new ArrayList<>(graph.nodes()).subList(before, graph.nodes().size());
        List<Value> stopped = List.copyOf(stops.values());
        Map<Value, Value> found = Backward.gradients(graph, outputs.subList(0, dy.size()), dy, stopped);
        Map<Value, Value> result = new LinkedHashMap<>();
        stops.forEach((value, stop) -> {
            stop.replaceBy(value);
            result.put(value, found.get(stop));
        });
        for (int i = 0; i < n.outputs().size(); i++) {
            if (n.output(i) != null) {
                copy.output(i).replaceBy(n.output(i));
            }
        }
        if (OperatorTraits.is(n, Fact.STATEFUL)) {
            use(n, outputs);
        }
        prune(graph, expanded, result);
        return result;
    }

    /** The steps of a recurrent layer are computed for its gradient anyway, so that what reads the node can read them. */
    private static void use(Node n, List<Value> outputs) {
        for (int i = 0; i < n.outputs().size(); i++) {
            if (n.output(i) != null) {
                for (Use use : List.copyOf(n.output(i).uses())) {
                    use.node().setInput(use.index(), outputs.get(i));
                }
            }
        }
    }

    private static Value stop(Ops o, Value value) {
        Value stop = o.op("Identity", value);
        return stop.setType(value.type()).setShape(value.shape());
    }

    /** Removes the nodes that only an output reads, which the node itself has already. */
    private static void prune(Graph graph, List<Node> expanded, Map<Value, Value> result) {
        for (int i = expanded.size() - 1; i >= 0; i--) {
            Node node = expanded.get(i);
            boolean unused = node.outputs().stream()
                    .allMatch(output -> output == null || (output.isUnused() && !result.containsValue(output)));
            if (unused) {
                graph.remove(node);
            }
        }
    }
}
