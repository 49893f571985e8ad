package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.List;
import java.util.Map;

/** Groups of nodes as exporters write them, and near misses of these, for the rules that replace them by less. */
final class PatternSteps {
    static final List<Step> ALL = List.of(
            PatternSteps::hardSwish,
            PatternSteps::gelu,
            PatternSteps::clamps,
            PatternSteps::moves,
            PatternSteps::affineBeforeConv,
            PatternSteps::padBeforeWindow,
            PatternSteps::spatialMean,
            PatternSteps::constants,
            PatternSteps::twoProducts,
            PatternSteps::slices,
            PatternSteps::concats,
            PatternSteps::equal);

    private PatternSteps() {}

    /** A number in one of the shapes that constants have: a scalar, [1], [1, 1, 1]. */
    private static Value number(Chain c, double number) {
        long[] dims = new long[c.choices.of(0, 1, 3)];
        java.util.Arrays.fill(dims, 1);
        return c.constant(Tensor.filled(c.real, number, dims));
    }

    private static boolean hardSwish(Chain c) {
        Value x = c.real();
        if (x == null) {
            return false;
        }
        double third = c.choices.oneIn(5) ? 2.5 : 3;
        Value six = c.op(
                "Clip",
                c.o.add(x, number(c, third)),
                c.scalar(c.real, 0),
                c.scalar(c.real, c.choices.oneIn(5) ? 5 : 6));
        Value gate = c.choices.oneIn(3) ? c.o.mul(six, number(c, 1.0 / 6)) : c.o.div(six, number(c, 6));
        return c.keep(
                switch (c.below(3)) {
                    case 0 -> c.o.mul(x, gate);
                    case 1 -> c.o.div(c.o.mul(x, six), number(c, 6));
                    default -> gate;
                },
                false);
    }

    private static boolean gelu(Chain c) {
        Value x = c.real();
        if (x == null) {
            return false;
        }
        Value erf = c.op("Erf", c.o.div(x, number(c, c.choices.oneIn(5) ? 1.5 : Math.sqrt(2))));
        Value sum = c.choices.oneIn(2) ? c.o.add(erf, number(c, 1)) : c.o.add(number(c, 1), erf);
        return c.keep(
                switch (c.below(3)) {
                    case 0 -> c.o.mul(c.o.mul(x, sum), number(c, 0.5));
                    case 1 -> c.o.mul(c.o.mul(x, number(c, 0.5)), sum);
                    default -> c.o.mul(x, c.o.mul(sum, number(c, 0.5)));
                },
                false);
    }

    private static boolean clamps(Chain c) {
        Value y = c.real();
        if (y == null) {
            return false;
        }
        Value x = y;
        for (int i = 0; i < 2 + c.below(2); i++) {
            y = switch (c.below(4)) {
                case 0 -> c.op("Relu", y);
                case 1 ->
                    c.op(
                            "Clip",
                            y,
                            c.scalar(c.real, c.choices.of(-1.0, 0.0, 0.5)),
                            c.scalar(c.real, c.choices.of(1.0, 6.0)));
                case 2 -> c.op("Max", y, c.scalar(c.real, c.choices.of(0.0, -2.0)));
                default -> c.op("Min", y, c.scalar(c.real, c.choices.of(1.0, 2.0)));
            };
        }
        return c.keep(y, x);
    }

    /** Several moves of elements in a row. */
    private static boolean moves(Chain c) {
        int before = c.values().size();
        for (int i = 0; i < 3; i++) {
            LayoutSteps.ALL.get(c.below(6)).apply(c);
        }
        return c.values().size() > before;
    }

    private static boolean affineBeforeConv(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 4 && Chain.dims(v)[2] > 2 && Chain.dims(v)[3] > 2);
        if (x == null) {
            return false;
        }
        long[] dims = c.choices.oneIn(3) && Chain.dims(x)[1] == 1
                ? new long[] {1, 3, 1, 1}
                : c.choices.oneIn(2) ? LayerSteps.perChannel(x) : new long[] {1, Chain.dims(x)[1], 1, 1};
        Value y = c.o.sub(x, c.constant(c.random(c.real, dims)));
        Value scale = c.constant(c.uniform(c.real, 0.5, 2, dims));
        y = c.choices.oneIn(2) ? c.o.div(y, scale) : c.o.mul(scale, y);
        if (c.choices.oneIn(3)) {
            y = ReductionSteps.batchNormalization(c, y);
        }
        if (!Chain.fits(Chain.dims(y)) || Chain.dims(y)[1] > 32) {
            return false;
        }
        long pad = c.choices.of(0, 1);
        long channels = Chain.dims(y)[1];
        return c.keep(
                c.op(
                        "Conv",
                        Map.of("pads", new long[] {pad, pad, pad, pad}),
                        y,
                        c.weight(channels * 9, 2, channels, 3, 3)),
                false);
    }

    private static boolean padBeforeWindow(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 4 && Chain.dims(v)[1] <= 32);
        if (x == null) {
            return false;
        }
        double with = c.choices.of(0.0, Double.NEGATIVE_INFINITY, 0.5);
        long[] pads = {0, 0, 1, c.below(2), 0, 0, c.below(2), 1};
        Value y = with == 0 && c.choices.oneIn(2)
                ? c.op("Pad", x, c.o.vector(pads))
                : c.op("Pad", x, c.o.vector(pads), c.scalar(c.real, with));
        long channels = Chain.dims(x)[1];
        if (Double.isInfinite(with) || c.choices.oneIn(3)) {
            if (Chain.dims(x)[2] < 2 || Chain.dims(x)[3] < 2) {
                return false;
            }
            return c.keep(
                    c.op(
                            "MaxPool",
                            Map.of(
                                    "kernel_shape",
                                    new long[] {2, 2},
                                    "strides",
                                    new long[] {2, 2},
                                    "ceil_mode",
                                    c.choices.of(0, 1)),
                            y),
                    x);
        }
        return c.keep(
                c.choices.oneIn(3)
                        ? c.op(
                                "AveragePool",
                                Map.of("kernel_shape", new long[] {2, 2}, "count_include_pad", c.choices.of(1, 0)),
                                y)
                        : c.op("Conv", y, c.weight(channels * 4, 2, channels, 2, 2)),
                false);
    }

    private static boolean spatialMean(Chain c) {
        Value x = c.real(3);
        if (x == null) {
            return false;
        }
        long[] axes = new long[Chain.rank(x) - 2];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = c.choices.oneIn(2) ? i + 2 : i - axes.length;
        }
        return c.keep(c.o.reduceMean(x, !c.choices.oneIn(3), axes), false);
    }

    /** Something computed from constants alone. */
    private static boolean constants(Chain c) {
        Value x = c.real(1);
        if (x == null) {
            return false;
        }
        long last = Chain.dims(x)[Chain.rank(x) - 1];
        Value folded =
                switch (c.below(4)) {
                    case 0 -> c.o.matmul(c.weight(last, 2, last), c.weight(last, last, last));
                    case 1 -> c.op("Softmax", c.constant(c.random(c.real, 1, last)));
                    case 2 ->
                        c.o.cast(
                                c.op(
                                        "Range",
                                        c.constant(Tensor.scalar(0L)),
                                        c.constant(Tensor.scalar(last)),
                                        c.constant(Tensor.scalar(1L))),
                                c.real);
                    default ->
                        c.o.cast(
                                c.o.cast(
                                        c.constant(c.uniform(ElementType.INT64, -300, 300, last)),
                                        c.choices.of(ElementType.UINT8, ElementType.INT8, ElementType.INT32)),
                                c.real);
                };
        return ElementwiseSteps.compatible(Chain.dims(x), Chain.dims(folded)) && c.keep(c.op("Add", x, folded), false);
    }

    /** x W + A B, where A and B are constants: a bias that some exports compute. */
    private static boolean twoProducts(Chain c) {
        Value x = c.real(2);
        if (x == null) {
            return false;
        }
        long inner = Chain.dims(x)[Chain.rank(x) - 1];
        long rows = Chain.dims(x)[Chain.rank(x) - 2];
        Value product = c.o.matmul(c.constant(c.random(c.real, rows, 2)), c.weight(2, 2, 3));
        Value y = c.o.matmul(x, c.weight(inner, inner, 3));
        return c.keep(c.choices.oneIn(2) ? c.o.add(y, product) : c.o.add(product, y), false);
    }

    private static boolean slices(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) > 0 && Chain.dims(v)[Chain.rank(v) - 1] > 3);
        if (x == null) {
            return false;
        }
        int axis = Chain.rank(x) - 1;
        long size = Chain.dims(x)[axis];
        Value y = c.o.slice(x, axis, 1, c.choices.of(size, Long.MAX_VALUE, -1L), 1);
        return c.keep(c.o.slice(y, c.choices.of(axis, -1), 0, c.choices.of(2, -1), c.choices.of(1, 2)), x);
    }

    private static boolean concats(Chain c) {
        Value x = c.real(1);
        if (x == null || 4 * Tensor.count(Chain.dims(x)) > Chain.LARGEST) {
            return false;
        }
        int axis = c.axis(x);
        Value inner = c.o.concat(axis, List.of(x, c.op("Neg", x)));
        return c.keep(c.o.concat(axis, c.choices.oneIn(2) ? List.of(x, inner) : List.of(inner, x)), x);
    }

    /** The same twice. */
    private static boolean equal(Chain c) {
        Value x = c.real();
        if (x == null) {
            return false;
        }
        String op = c.choices.of("Tanh", "Sigmoid", "Neg");
        return c.keep(c.o.sub(c.op(op, x), c.o.mul(c.op(op, x), 0.5)), false);
    }
}
