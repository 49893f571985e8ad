package dev.hone.compress.plan;

import dev.hone.graph.ElementType;
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
        int left = graph.nodes().size();
        int weights = 0;
        for (Node node : List.copyOf(graph.nodes())) {
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
            live.removeIf(v -> v.uses().stream().allMatch(u -> done.contains(u.node())));
            Value only = live.size() == 1 ? live.iterator().next() : null;
            if (left > 0 && weights >= fewest && only != null && isCut(only, in, nodes, mayCut)) {
                segments.add(new Segment(segments.size(), in, only, nodes, outputs));
                in = only;
                nodes = new ArrayList<>();
                outputs = new ArrayList<>();
                weights = 0;
            }
        }
        Value out = graph.outputs().get(0);
        Value last = nodes.stream().anyMatch(n -> n.outputs().contains(out))
                ? out
                : outputs.isEmpty() ? null : outputs.get(0);
        if (last != null) {
            List<Value> others = new ArrayList<>(outputs);
            others.remove(last);
            segments.add(new Segment(segments.size(), in, last, nodes, others));
        }
        return List.copyOf(segments);
    }

    private static boolean isCut(Value value, Value in, List<Node> nodes, Predicate<Value> mayCut) {
        return value != in
                && value.type() == ElementType.FLOAT
                && !value.isOutput()
                && nodes.contains(value.producer())
                && mayCut.test(value);
    }
}
