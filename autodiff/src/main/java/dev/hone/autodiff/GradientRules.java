package dev.hone.autodiff;

import dev.hone.autodiff.GradientRule.Extent;
import dev.hone.graph.Value;
import dev.hone.graph.expand.Expansion;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Collects the rules of one table, by operator of the ONNX domain. */
final class GradientRules {
    /** For operators with any number of outputs, all of which have gradients. */
    static final int EVERY_OUTPUT = Integer.MAX_VALUE;

    /** PyTorch takes regions for constants too. */
    private static final Map<String, Integer> CONSTANT_FROM = Map.of("RoiAlign", 1);

    private final Map<String, GradientRule> byOperator = new TreeMap<>();

    Map<String, GradientRule> byOperator() {
        return byOperator;
    }

    /** One function per input, in order; null or omitted for inputs without a gradient. */
    void same(String op, GradientRule.Single... inputs) {
        put(op, new GradientRule.Derivative(Extent.SAME, 1, each(inputs)));
    }

    /** As {@link #same}, for operators whose inputs are broadcast along some axes, such as the batches of a product. */
    void broadcast(String op, GradientRule.Single... inputs) {
        put(op, new GradientRule.Derivative(Extent.BROADCAST, 1, each(inputs)));
    }

    /** As {@link #same}, for element-wise operators whose inputs are broadcast to the output. */
    void elementwise(String op, GradientRule.Single... inputs) {
        put(op, new GradientRule.Derivative(Extent.ELEMENTWISE, 1, each(inputs)));
    }

    /** As {@link #same}, for gradients that are constant along axes of the input and have extent 1 there. */
    void compact(String op, GradientRule.Single... inputs) {
        put(op, new GradientRule.Derivative(Extent.COMPACT, 1, each(inputs)));
    }

    /** A variadic element-wise operator whose inputs are broadcast to the output. */
    void variadic(String op, GradientRule.Indexed rule) {
        put(op, new GradientRule.Derivative(Extent.ELEMENTWISE, 1, (o, n, dy, wanted) -> {
            Value[] gradients = new Value[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                gradients[i] = wanted[i] ? rule.gradient(o, n, dy.get(0), i) : null;
            }
            return gradients;
        }));
    }

    /** All gradients at once, of an operator whose first output alone has a gradient. */
    void joint(String op, GradientRule.Joint rule) {
        joint(op, 1, rule);
    }

    /**
     * All gradients at once.
     *
     * @param outputs how many outputs, from the first on, the rule takes gradients of
     */
    void joint(String op, int outputs, GradientRule.Joint rule) {
        put(op, new GradientRule.Derivative(Extent.SAME, outputs, rule));
    }

    /** The gradients of what the subgraphs of a node capture. */
    void body(String op, GradientRule.Reading rule) {
        put(op, new GradientRule.Body(rule));
    }

    /** @param op with the domain in front, where it is not ONNX's own */
    void expanded(String op, Expansion expansion) {
        put(op, new GradientRule.Expanded(expansion, CONSTANT_FROM.getOrDefault(op, Integer.MAX_VALUE)));
    }

    void zero(String... ops) {
        Arrays.stream(ops).forEach(op -> put(op, new GradientRule.Zero()));
    }

    void none(String reason, String... ops) {
        Arrays.stream(ops).forEach(op -> put(op, new GradientRule.None(reason)));
    }

    private static GradientRule.Joint each(GradientRule.Single... inputs) {
        return (o, n, dy, wanted) -> {
            Value[] gradients = new Value[wanted.length];
            for (int i = 0; i < wanted.length && i < inputs.length; i++) {
                if (wanted[i] && inputs[i] != null) {
                    gradients[i] = inputs[i].gradient(o, n, dy.get(0));
                }
            }
            return gradients;
        };
    }

    private void put(String op, GradientRule rule) {
        if (byOperator.put(op, rule) != null) {
            throw new IllegalStateException("two rules for " + op);
        }
    }
}
