package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.HashSet;
import java.util.Set;

/**
 * Operators whose outputs jump, such as roundings: a score behind one changes by more, or by less, than its gradients sum to,
 * however many of them are taken.
 */
final class Discontinuities {
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
            if (!OperatorTraits.is(node, Fact.SIZES) && node.reads().stream().anyMatch(reached::contains)) {
                if (OperatorTraits.is(node, Fact.DISCONTINUOUS) || truncates(node)) {
                    return true;
                }
                reached.addAll(node.outputs());
            }
        }
        return false;
    }
}
