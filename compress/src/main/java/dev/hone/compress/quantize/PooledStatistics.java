package dev.hone.compress.quantize;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The part of a model that works on statistics of feature maps: vectors of means and deviations or powers, one after the
 * other, and all behind them. These differ by factors of hundreds, and the head that was fitted to them reads small
 * differences of each, which the one scale of a vector of bytes would round away; and it costs next to nothing in FP32.
 */
final class PooledStatistics {
    private static final Set<String> POOLING = Set.of(
            "Sqrt", "Pow", "Squeeze", "Flatten", "Reshape", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "Sub");

    private final Set<Node> found = new HashSet<>();

    private PooledStatistics() {}

    /** The nodes, pooling included; none in a model without such vectors. */
    static Set<Node> of(Graph graph) {
        PooledStatistics statistics = new PooledStatistics();
        for (Node node : graph.nodes()) {
            if (isVectorOfStatistics(node)) {
                statistics.addBefore(node);
                statistics.addBehind(node);
            }
        }
        return statistics.found;
    }

    private static boolean isVectorOfStatistics(Node node) {
        return node.is("Concat")
                && node.output().shape() != null
                && node.output().shape().rank() == 2
                && node.inputs().stream()
                        .anyMatch(value -> value.producer() != null
                                && (value.producer().is("Sqrt")
                                        || value.producer().is("Pow")));
    }

    private void addBehind(Node concat) {
        Deque<Node> open = new ArrayDeque<>();
        open.add(concat);
        while (!open.isEmpty()) {
            Node node = open.remove();
            if (found.add(node) || node == concat) {
                node.outputs().forEach(output -> open.addAll(output.readers()));
            }
        }
    }

    /** Back to the feature maps. */
    private void addBefore(Node concat) {
        Deque<Node> open = new ArrayDeque<>();
        open.add(concat);
        while (!open.isEmpty()) {
            for (Value input : open.remove().inputs()) {
                Node producer = input == null ? null : input.producer();
                if (producer != null && isPooling(producer) && found.add(producer)) {
                    open.add(producer);
                }
            }
        }
    }

    private static boolean isPooling(Node node) {
        return POOLING.contains(node.op())
                || node.is("Add") && node.input(1).isConstant()
                || node.is("Max") && node.input(1) != null && node.input(1).isConstant()
                || node.is("Mul") && isPower(node);
    }

    /** A square or a cube. */
    private static boolean isPower(Node node) {
        Node inner = node.input(0).producer();
        return node.input(0) == node.input(1)
                || inner != null
                        && inner.is("Mul")
                        && inner.input(0) == node.input(1)
                        && inner.input(1) == node.input(1);
    }
}
