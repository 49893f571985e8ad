package dev.hone.graph.analysis;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a model: the last linear layer before its scores.
 *
 * @param layer the layer, or null if there is none on the way back from the scores
 * @param behind the nodes between the layer and the scores, from the scores backwards: a bias, a softmax
 * @param start where the way back ended: the layer's output, or what no node computes
 */
public record Head(Node layer, List<Node> behind, Value start) {
    /** Follows the scores back; where a node joins two values, the first that is not constant is followed. */
    public static Head of(Value scores) {
        List<Node> behind = new ArrayList<>();
        Value at = scores;
        while (at != null && at.producer() != null && !OperatorTraits.is(at.producer(), Fact.LINEAR)) {
            behind.add(at.producer());
            at = at.producer().reads().stream()
                    .filter(v -> !v.isConstant())
                    .findFirst()
                    .orElse(null);
        }
        return new Head(at == null ? null : at.producer(), List.copyOf(behind), at);
    }

    /** What the layer sees of an input: the feature layer. */
    public Value features() {
        return layer.input(0);
    }

    /** The layer's weights. */
    public Value weights() {
        return layer.input(OperatorTraits.of(layer).input(Role.KERNEL).index());
    }
}
