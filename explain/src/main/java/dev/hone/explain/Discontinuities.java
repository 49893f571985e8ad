package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.HashSet;
import java.util.Set;

/**
 * Operators whose outputs jump, such as roundings: a score behind one changes by more, or by less, than its gradients sum to,
 * however many of them are taken.
 */
final class Discontinuities {
    private static final Set<String> OPERATORS = Set.of(
            "QuantizeLinear",
            "Round",
            "Floor",
            "Ceil",
            "Sign",
            "Mod",
            "Hardmax",
            "ArgMax",
            "ArgMin",
            "NonZero",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "Equal",
            "ThresholdedRelu",
            "Shrink");

    /** What they give does not change with an input's values. */
    private static final Set<String> SHAPES = Set.of("Shape", "Size");

    private Discontinuities() {}

    private static boolean truncates(Node node) {
        return node.op().equals("Cast")
                && node.output().type() != null
                && !node.output().type().isFloat();
    }

    /** Whether any lies on a way that an input's values take. */
    static boolean in(Graph graph) {
        Set<Value> reached = new HashSet<>(graph.inputs());
        for (Node node : graph.nodes()) {
            if (!SHAPES.contains(node.op()) && node.inputs().stream().anyMatch(reached::contains)) {
                if (OPERATORS.contains(node.op()) || truncates(node)) {
                    return true;
                }
                reached.addAll(node.outputs());
            }
        }
        return false;
    }
}
