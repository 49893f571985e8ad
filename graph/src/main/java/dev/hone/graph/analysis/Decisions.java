package dev.hone.graph.analysis;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether a model decides by its data what it computes: an If whose condition, or a Loop whose end, depends on what the
 * inputs hold. One such decision is made for a whole batch, so that the answer for a row depends on the rows beside it.
 */
public final class Decisions {
    private Decisions() {}

    /** Sizes of inputs do not count: they are the same for every row. */
    public static boolean dependOnData(Graph graph) {
        return dependOnData(graph, new HashSet<>(graph.inputs()));
    }

    private static boolean dependOnData(Graph graph, Set<Value> data) {
        for (Node node : graph.nodes()) {
            if (OperatorTraits.is(node, Fact.SIZES) || !readsAny(node.reads(), data)) {
                continue;
            }
            if (isDecided(node, data)) {
                return true;
            }
            for (Graph body : node.subgraphs()) {
                data.addAll(body.inputs());
                if (dependOnData(body, data)) {
                    return true;
                }
            }
            data.addAll(node.outputs());
        }
        return false;
    }

    private static boolean readsAny(Collection<Value> values, Set<Value> data) {
        return values.stream().anyMatch(v -> v != null && data.contains(v));
    }

    private static boolean isDecided(Node node, Set<Value> data) {
        if (node.is("If")) {
            return data.contains(node.input(0));
        }
        if (!node.is("Loop")) {
            return false;
        }
        return data.contains(node.input(0))
                || data.contains(node.input(1))
                || node.subgraphs().stream().anyMatch(body -> !goesOn(body));
    }

    /** Whether the body of a loop never ends it: the condition comes out as it went in, or is a constant. */
    private static boolean goesOn(Graph body) {
        Value condition = body.outputs().isEmpty() ? null : body.outputs().get(0);
        while (condition != null
                && condition.producer() != null
                && condition.producer().is("Identity")) {
            condition = condition.producer().input(0);
        }
        return condition == null
                || condition.constant() != null
                || condition.producer() != null && condition.producer().is("Constant")
                || body.inputs().size() > 1 && condition == body.inputs().get(1);
    }
}
