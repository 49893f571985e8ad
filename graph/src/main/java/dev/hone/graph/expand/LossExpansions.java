package dev.hone.graph.expand;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The loss operators: {@code -weight[t] x[t]} at each position, where x are log-probabilities [N,C,...] and t the classes
 * [N,...]; zero where t is {@code ignore_index}. The mean is that of the weights that count.
 */
final class LossExpansions {
    private LossExpansions() {}

    static void register(Map<String, Expansion> table) {
        table.put("NegativeLogLikelihoodLoss", (o, n) -> List.of(loss(o, n, n.input(0))));
        table.put("SoftmaxCrossEntropyLoss", (o, n) -> {
            Value logs = o.op("LogSoftmax", Map.of("axis", 1), n.input(0));
            return Arrays.asList(loss(o, n, logs), logs);
        });
    }

    private static Value loss(Ops o, Node n, Value logs) {
        Value target = n.input(1);
        Value ignored = null;
        if (n.has("ignore_index")) {
            ignored = o.op("Equal", target, index(o, target, n.intAttribute("ignore_index", 0)));
            target = o.op("Where", ignored, index(o, target, 0), target);
        }
        Value picked = o.op("GatherElements", Map.of("axis", 1), logs, o.unsqueeze(target, 1));
        Value losses = o.neg(o.squeeze(picked, 1));
        Value table = Sizes.ranked(o, n.input(2), 1);
        Value weights = table == null ? null : o.op("Gather", Map.of("axis", 0), table, target);
        if (ignored != null) {
            Value zero = o.constantLike(logs, 0);
            weights = o.op("Where", ignored, zero, weights == null ? o.constantLike(logs, 1) : weights);
            losses = o.op("Where", ignored, zero, losses);
        }
        losses = weights == null ? losses : o.mul(losses, weights);
        Map<String, Object> all = Map.of("keepdims", 0);
        return switch (n.stringAttribute("reduction", "mean")) {
            case "none" -> losses;
            case "sum" -> o.op("ReduceSum", all, losses);
            default ->
                weights == null
                        ? o.op("ReduceMean", all, losses)
                        : o.div(o.op("ReduceSum", all, losses), o.op("ReduceSum", all, weights));
        };
    }

    private static Value index(Ops o, Value like, long value) {
        return o.constant(Tensor.filled(like.type(), value));
    }
}
