package dev.hone.graph.analysis;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Cuts a network with one input at the values through which everything passes: where, in topological order, one single
 * value is still to be read. Residual blocks and branches are never cut through.
 *
 * <p>Control flow, a node with subgraphs, is cut off from what is around it at the nearest such values, good places or
 * not: its segment is {@link Segment#isFixed}. What the subgraphs read from outside is read by the node.
 */
public final class SeriesCuts {
    private SeriesCuts() {}

    /**
     * @param mayCut which of these values are good places; the patterns that a runtime fuses have to stay whole
     * @param weight how much there is to decide about a node
     * @param fewest the weight from which on a segment ends at the next good place
     * @return segments in series, together all nodes; the last one ends at the model's first output
     */
    public static List<Segment> of(
            Graph graph, Value input, Predicate<Value> mayCut, Predicate<Node> weight, int fewest) {
        graph.sort();
        List<Segment> segments = new ArrayList<>();
        Set<Value> live = new LinkedHashSet<>(List.of(input));
        Set<Node> done = new LinkedHashSet<>();
        List<Node> nodes = new ArrayList<>();
        List<Value> outputs = new ArrayList<>();
        Value in = input;
        Cut last = null;
        int left = graph.nodes().size();
        int weights = 0;
        boolean fixed = false;
        for (Node node : List.copyOf(graph.nodes())) {
            fixed |= !node.subgraphs().isEmpty();
            if (fixed && last != null) {
                segments.add(new Segment(
                        segments.size(),
                        in,
                        last.value,
                        List.copyOf(nodes.subList(0, last.nodes)),
                        List.copyOf(outputs.subList(0, last.outputs))));
                in = last.value;
                nodes = new ArrayList<>(nodes.subList(last.nodes, nodes.size()));
                outputs = new ArrayList<>(outputs.subList(last.outputs, outputs.size()));
                last = null;
            }
            nodes.add(node);
            done.add(node);
            left--;
            weights += weight.test(node) ? 1 : 0;
            for (Value output : node.outputs()) {
                if (output != null) {
                    live.add(output);
                    if (output.isOutput()) {
                        outputs.add(output);
                    }
                }
            }
            live.removeIf(v -> done.containsAll(v.readers()));
            Value only = live.size() == 1 ? live.iterator().next() : null;
            if (left == 0 || only == null || !isCut(only, in, nodes)) {
                continue;
            }
            last = new Cut(only, nodes.size(), outputs.size());
            if (fixed || weights >= fewest && mayCut.test(only)) {
                segments.add(new Segment(segments.size(), in, only, nodes, outputs));
                in = only;
                nodes = new ArrayList<>();
                outputs = new ArrayList<>();
                weights = 0;
                fixed = false;
                last = null;
            }
        }
        Value out = graph.outputs().get(0);
        Value end = nodes.stream().anyMatch(n -> n.outputs().contains(out))
                ? out
                : outputs.isEmpty() ? null : outputs.get(0);
        if (end != null) {
            List<Value> others = new ArrayList<>(outputs);
            others.remove(end);
            segments.add(new Segment(segments.size(), in, end, nodes, others));
        }
        return List.copyOf(segments);
    }

    /** A value that everything passes through, with what was computed up to it. */
    private record Cut(Value value, int nodes, int outputs) {}

    private static boolean isCut(Value value, Value in, List<Node> nodes) {
        return value != in
                && value.type() == ElementType.FLOAT
                && value.shape() != null
                && !value.isOutput()
                && nodes.contains(value.producer());
    }
}
