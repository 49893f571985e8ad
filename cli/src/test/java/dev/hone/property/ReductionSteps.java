package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps that summarize along axes, or normalize by such a summary. */
final class ReductionSteps {
    static final List<Step> ALL = List.of(
            ReductionSteps::reduce,
            ReductionSteps::reduce,
            ReductionSteps::softmax,
            ReductionSteps::layerNormalization,
            ReductionSteps::batchNormalization,
            ReductionSteps::otherNormalization,
            ReductionSteps::cumulative,
            ReductionSteps::index);

    private ReductionSteps() {}

    private static boolean reduce(Chain c) {
        Value x = c.real(1);
        if (x == null) {
            return false;
        }
        String op = c.choices.of(
                "ReduceMean",
                "ReduceSum",
                "ReduceMax",
                "ReduceMin",
                "ReduceL1",
                "ReduceL2",
                "ReduceSumSquare",
                "ReduceLogSumExp",
                "ReduceLogSum",
                "ReduceProd");
        Value from =
                switch (op) {
                    case "ReduceLogSum" -> c.o.add(c.op("Abs", x), 0.5);
                    case "ReduceLogSumExp", "ReduceProd" -> c.op("Tanh", x);
                    default -> x;
                };
        boolean exact = c.isExact(x) && (op.equals("ReduceMax") || op.equals("ReduceMin"));
        Map<String, Object> attributes = new HashMap<>(Map.of("keepdims", c.choices.of(1, 0)));
        if (c.choices.oneIn(5)) {
            return c.keep(c.op(op, attributes, from), exact);
        }
        long[] axes = c.axes(x);
        for (int i = 0; i < axes.length; i++) {
            axes[i] = c.signed((int) axes[i], Chain.rank(x));
        }
        if (c.choices.oneIn(8)) {
            attributes.put("noop_with_empty_axes", 1);
        }
        return c.keep(c.op(op, attributes, from, c.o.vector(axes)), exact);
    }

    private static boolean softmax(Chain c) {
        Value x = c.real(1);
        return x != null
                && c.keep(
                        c.op(
                                c.choices.of("Softmax", "LogSoftmax"),
                                Map.of(
                                        "axis",
                                        c.signed(c.choices.oneIn(2) ? c.axis(x) : Chain.rank(x) - 1, Chain.rank(x))),
                                x),
                        false);
    }

    private static boolean layerNormalization(Chain c) {
        Value x = c.real(2);
        if (x == null) {
            return false;
        }
        int rank = Chain.rank(x);
        int axis = c.choices.oneIn(4) ? 1 : rank - 1;
        long[] dims = java.util.Arrays.copyOfRange(Chain.dims(x), axis, rank);
        Map<String, ?> attributes = Map.of("axis", c.signed(axis, rank), "epsilon", 0.01f);
        Value scale = c.constant(c.uniform(c.real, 0.5, 1.5, dims));
        return c.keep(
                c.choices.oneIn(2)
                        ? c.op("LayerNormalization", attributes, x, scale)
                        : c.op("LayerNormalization", attributes, x, scale, c.constant(c.random(c.real, dims))),
                false);
    }

    static boolean batchNormalization(Chain c) {
        Value x = c.real(2);
        if (x == null) {
            return false;
        }
        return c.keep(batchNormalization(c, x), false);
    }

    static Value batchNormalization(Chain c, Value x) {
        long channels = Chain.dims(x)[1];
        return c.op(
                "BatchNormalization",
                Map.of("epsilon", c.choices.of(1e-5f, 1e-3f)),
                x,
                c.constant(c.uniform(c.real, 0.5, 1.5, channels)),
                c.constant(c.random(c.real, channels)),
                c.constant(c.random(c.real, channels)),
                c.constant(c.uniform(c.real, 0.5, 2, channels)));
    }

    private static boolean otherNormalization(Chain c) {
        Value x = c.real(3);
        if (x == null) {
            return false;
        }
        long channels = Chain.dims(x)[1];
        Value scale = c.constant(c.uniform(c.real, 0.5, 1.5, channels));
        Value bias = c.constant(c.random(c.real, channels));
        return c.keep(
                switch (c.below(4)) {
                    case 0 -> c.op("InstanceNormalization", Map.of("epsilon", 0.01f), x, scale, bias);
                    case 1 ->
                        c.op(
                                "GroupNormalization",
                                Map.of("epsilon", 0.01f, "num_groups", channels % 2 == 0 ? 2 : 1),
                                x,
                                scale,
                                bias);
                    case 2 ->
                        c.op(
                                "LpNormalization",
                                Map.of("axis", -1, "p", c.choices.of(2, 1)),
                                c.o.add(c.op("Abs", x), 0.5));
                    default ->
                        Chain.rank(x) == 4
                                ? c.op("LRN", Map.of("size", c.choices.of(3, 1, 5), "alpha", 0.1f), x)
                                : c.op("MeanVarianceNormalization", Map.of("axes", new long[] {0, 2}), x);
                },
                false);
    }

    private static boolean cumulative(Chain c) {
        Value x = c.real(1);
        return x != null
                && c.keep(
                        c.op(
                                "CumSum",
                                Map.of("exclusive", c.choices.of(0, 1), "reverse", c.choices.of(0, 1)),
                                x,
                                c.constant(Tensor.scalar((long) c.axis(x)))),
                        false);
    }

    private static boolean index(Chain c) {
        Value x = c.pick(v -> v.type() == ElementType.FLOAT && c.isExact(v) && Chain.rank(v) > 0);
        return x != null
                && c.keep(
                        c.op(
                                c.choices.of("ArgMax", "ArgMin"),
                                Map.of("axis", c.axis(x), "keepdims", c.choices.of(1, 0)),
                                x),
                        true);
    }
}
