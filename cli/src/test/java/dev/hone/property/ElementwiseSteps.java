package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Steps that compute element by element, with broadcasts. */
final class ElementwiseSteps {
    private static final List<String> SMOOTH = List.of(
            "Tanh",
            "Sigmoid",
            "Relu",
            "Neg",
            "Abs",
            "Erf",
            "Softplus",
            "Softsign",
            "Elu",
            "Selu",
            "Celu",
            "LeakyRelu",
            "HardSigmoid",
            "HardSwish",
            "Mish",
            "Gelu",
            "Identity",
            "Atan",
            "Asinh",
            "ThresholdedRelu");

    private static final List<String> EXACT = List.of("Relu", "Neg", "Abs", "Identity");

    private static final List<ElementType> INTEGERS =
            List.of(ElementType.INT64, ElementType.INT32, ElementType.UINT8, ElementType.INT8);

    static final List<Step> ALL = List.of(
            ElementwiseSteps::unary,
            ElementwiseSteps::unary,
            ElementwiseSteps::guarded,
            ElementwiseSteps::binary,
            ElementwiseSteps::binary,
            ElementwiseSteps::binary,
            ElementwiseSteps::neutral,
            ElementwiseSteps::extremes,
            ElementwiseSteps::variadic,
            ElementwiseSteps::clip,
            ElementwiseSteps::where,
            ElementwiseSteps::round,
            ElementwiseSteps::cast,
            ElementwiseSteps::integers,
            ElementwiseSteps::half);

    private ElementwiseSteps() {}

    private static boolean unary(Chain c) {
        Value x = c.real();
        String op = SMOOTH.get(c.below(SMOOTH.size()));
        if (x == null || op.equals("ThresholdedRelu") && !c.isExact(x)) {
            return false;
        }
        Map<String, ?> attributes =
                switch (op) {
                    case "LeakyRelu", "Elu" -> Map.of("alpha", c.choices.of(0.1f, 0.5f, 1f));
                    case "Gelu" -> Map.of("approximate", c.choices.of("none", "tanh"));
                    case "HardSigmoid" -> Map.of("alpha", c.choices.of(0.2f, 1f / 6), "beta", 0.5f);
                    default -> Map.of();
                };
        return c.keep(c.op(op, attributes, x), c.isExact(x) && EXACT.contains(op));
    }

    /** Functions that grow fast, have a pole or magnify the rounding of large arguments, of one that keeps away from that. */
    private static boolean guarded(Chain c) {
        Value x = c.real();
        if (x == null) {
            return false;
        }
        Value positive = c.o.add(c.op("Abs", x), 0.5);
        return c.keep(
                switch (c.below(9)) {
                    case 0 -> c.op("Exp", c.op("Tanh", x));
                    case 1 -> c.op("Log", positive);
                    case 2 -> c.op("Sqrt", positive);
                    case 3 -> c.op("Reciprocal", positive);
                    case 4 -> c.op("Pow", positive, c.scalar(c.real, c.choices.of(2.0, 0.5, 3.0, -1.0, 1.0, 0.0)));
                    case 5 -> c.op("Pow", c.op("Tanh", x), c.scalar(c.real, c.choices.of(2.0, 3.0, 1.0)));
                    case 6 -> c.o.div(c.op("Tanh", x), positive);
                    case 7 -> c.op(c.choices.of("Sin", "Cos"), c.o.mul(c.op("Tanh", x), 4));
                    default -> c.op("PRelu", x, slope(c, x));
                },
                false);
    }

    private static Value slope(Chain c, Value x) {
        return c.constant(c.uniform(c.real, 0, 0.5, broadcastable(c, x)));
    }

    /** Dimensions that broadcast to those of x without growing them. */
    static long[] broadcastable(Chain c, Value x) {
        long[] dims = Chain.dims(x);
        int from = dims.length == 0 || !c.choices.oneIn(3) ? 0 : c.below(dims.length + 1);
        long[] part = java.util.Arrays.copyOfRange(dims, from, dims.length);
        for (int i = 0; i < part.length; i++) {
            part[i] = c.choices.oneIn(3) ? 1 : part[i];
        }
        return part;
    }

    private static boolean binary(Chain c) {
        Value a = c.real();
        if (a == null) {
            return false;
        }
        Value b = partner(c, a);
        Value first = c.choices.oneIn(3) ? b : a;
        Value second = first == a ? b : a;
        return switch (c.below(6)) {
            case 0 -> c.keep(c.o.add(first, second), false);
            case 1 -> c.keep(c.o.mul(first, second), false);
            case 2 -> c.keep(c.o.sub(first, second), false);
            case 3 -> c.keep(c.op("Max", first, second), c.isExact(a) && c.isExact(b));
            case 4 -> c.keep(c.op("Min", first, second), c.isExact(a) && c.isExact(b));
            default ->
                c.keep(
                        b.isConstant()
                                ? c.o.div(a, c.constant(c.uniform(c.real, 0.5, 2, Chain.dims(b))))
                                : c.o.div(first, c.o.add(c.op("Abs", second), 0.5)),
                        false);
        };
    }

    /** Something that broadcasts with a value: a constant, the value itself, or another one. */
    private static Value partner(Chain c, Value a) {
        if (c.choices.oneIn(2)) {
            Value other = c.pick(v -> v.type() == a.type() && compatible(Chain.dims(a), Chain.dims(v)));
            if (other != null) {
                return other;
            }
        }
        long[] dims = broadcastable(c, a);
        if (c.choices.oneIn(5)) {
            // Grows the value: its own dimensions of one become larger, or new ones come in front.
            long[] grown = Chain.dims(a);
            for (int i = 0; i < grown.length; i++) {
                grown[i] = grown[i] == 1 ? 2 : grown[i];
            }
            dims = Chain.fits(grown) ? grown : dims;
            if (c.choices.oneIn(2) && grown.length < 4) {
                long[] longer = new long[dims.length + 1];
                System.arraycopy(dims, 0, longer, 1, dims.length);
                longer[0] = c.choices.of(1, 2);
                dims = Chain.fits(longer) && longer.length > grown.length && 2 * Tensor.count(grown) < Chain.LARGEST
                        ? longer
                        : dims;
            }
        }
        return c.constant(c.random(a.type(), dims));
    }

    static boolean compatible(long[] a, long[] b) {
        long count = 1;
        for (int i = 1; i <= Math.max(a.length, b.length); i++) {
            long p = i <= a.length ? a[a.length - i] : 1;
            long q = i <= b.length ? b[b.length - i] : 1;
            if (p != q && p != 1 && q != 1) {
                return false;
            }
            count *= Math.max(p, q);
        }
        return count <= Chain.LARGEST;
    }

    /** Operations that change nothing, except perhaps the shape. */
    private static boolean neutral(Chain c) {
        Value x = c.any();
        if (x == null || x.type() == ElementType.BOOL) {
            return false;
        }
        long[] ones = new long[c.below(Math.min(Chain.rank(x) + 2, 5))];
        java.util.Arrays.fill(ones, 1);
        Tensor one = Tensor.filled(x.type(), 1, ones);
        Tensor zero = Tensor.filled(x.type(), 0, ones);
        return c.keep(
                switch (c.below(5)) {
                    case 0 -> c.o.mul(x, c.constant(one));
                    case 1 -> c.o.add(x, c.constant(zero));
                    case 2 -> c.o.div(x, c.constant(one));
                    case 3 -> c.o.sub(x, c.constant(zero));
                    default -> c.o.mul(c.constant(one), x);
                },
                x);
    }

    /** Bounds and constants at the ends of the type. */
    private static boolean extremes(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && c.isExact(v));
        if (x == null) {
            return false;
        }
        double largest = c.real == ElementType.FLOAT16
                ? 65504
                : c.real == ElementType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        double edge = c.choices.of(-largest, Double.NEGATIVE_INFINITY, largest, Double.POSITIVE_INFINITY);
        Value bound = c.scalar(c.real, edge);
        return c.keep(
                switch (c.below(3)) {
                    case 0 -> edge < 0 ? c.op("Clip", x, bound) : c.op("Clip", x, null, bound);
                    case 1 -> edge < 0 ? c.op("Max", x, bound) : c.op("Min", x, bound);
                    default -> {
                        // A mask as attention has it: what is behind the edge, cut off at the edge.
                        Value mask = c.constant(Chain.tensor(c.real, new double[] {Math.min(edge, -edge)}, 1));
                        Value off = c.op("Where", c.op("Less", x, c.scalar(c.real, 0)), mask, x);
                        yield c.op("Clip", off, c.scalar(c.real, -c.choices.of(largest, 10.0)));
                    }
                },
                true);
    }

    private static boolean variadic(Chain c) {
        Value a = c.real();
        if (a == null) {
            return false;
        }
        List<Value> inputs = new ArrayList<>(List.of(a));
        int more = c.below(3);
        for (int i = 0; i < more; i++) {
            inputs.add(c.choices.oneIn(3) ? a : c.constant(c.random(c.real, broadcastable(c, a))));
        }
        String op = c.choices.of("Sum", "Mean", "Max", "Min");
        boolean exact = inputs.size() == 1 || op.startsWith("M") && !op.equals("Mean");
        return c.keep(c.op(op, inputs.toArray(Value[]::new)), c.isExact(a) && exact);
    }

    private static boolean clip(Chain c) {
        Value x = c.real();
        if (x == null) {
            return false;
        }
        double low = c.choices.of(0.0, -1.0, -3.0);
        double high = c.choices.of(6.0, 1.0, 0.5);
        Value min = c.choices.oneIn(4) ? null : c.scalar(c.real, low);
        Value max = c.choices.oneIn(4) ? null : c.scalar(c.real, high);
        return c.keep(
                max == null ? min == null ? c.op("Clip", x) : c.op("Clip", x, min) : c.op("Clip", x, min, max), x);
    }

    private static boolean where(Chain c) {
        Value a = c.real();
        Value test = c.pick(v -> v.type() == c.real && c.isExact(v));
        if (a == null || test == null || !compatible(Chain.dims(a), Chain.dims(test))) {
            return false;
        }
        BiFunction<Value, Value, Value> compare =
                switch (c.below(4)) {
                    case 0 -> (x, y) -> c.op("Less", x, y);
                    case 1 -> (x, y) -> c.op("GreaterOrEqual", x, y);
                    case 2 -> (x, y) -> c.op("Not", c.op("Greater", x, y));
                    default -> (x, y) -> c.op("And", c.op("Less", x, y), c.op("Greater", x, c.scalar(c.real, -1)));
                };
        Value condition = c.choices.oneIn(4)
                ? c.constant(c.random(ElementType.BOOL, broadcastable(c, a)))
                : compare.apply(test, c.scalar(c.real, 0.1));
        if (!condition.isConstant()) {
            c.keep(condition, true);
        }
        Value other = c.constant(c.random(c.real, broadcastable(c, a)));
        boolean swap = c.choices.oneIn(2);
        return c.keep(c.op("Where", condition, swap ? other : a, swap ? a : other), a);
    }

    private static boolean round(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && c.isExact(v));
        return x != null && c.keep(c.op(c.choices.of("Floor", "Ceil", "Round", "Sign"), x), true);
    }

    /** From and to the integers. Floats are bounded first: behind the range of an integer every runtime is free. */
    private static boolean cast(Chain c) {
        Value x = c.pick(v -> c.isExact(v) && (v.type() != c.real || v.type() == ElementType.FLOAT));
        if (x == null) {
            return false;
        }
        boolean unbounded = x.type() == c.real;
        Value from = unbounded ? c.op("Clip", x, c.scalar(c.real, 0), c.scalar(c.real, 100)) : x;
        boolean back = !unbounded && c.choices.oneIn(2);
        ElementType to = back ? c.real : INTEGERS.get(c.below(INTEGERS.size()));
        return c.keep(
                c.choices.oneIn(3)
                        ? c.op("CastLike", from, c.constant(Tensor.filled(to, 0, 1)))
                        : c.o.op("Cast", Map.of("to", to.onnx()), from),
                true);
    }

    /** Arithmetic of integers, which wraps around. */
    private static boolean integers(Chain c) {
        Value x = c.pick(v -> v.type() == ElementType.INT64 || v.type() == ElementType.INT32);
        ElementType type = x == null ? c.choices.of(ElementType.INT64, ElementType.INT32) : x.type();
        Value a = x == null || c.choices.oneIn(4) ? c.constant(c.random(type, 3)) : x;
        double edge = type == ElementType.INT64 ? Long.MAX_VALUE : Integer.MAX_VALUE;
        Value b = c.choices.oneIn(3)
                ? c.constant(
                        Tensor.ofLongs(new long[] {(long) edge - c.below(3)}, 1).to(type))
                : c.constant(c.random(type, broadcastable(c, a)));
        Value y =
                switch (c.below(5)) {
                    case 0 -> c.o.add(a, b);
                    case 1 -> c.o.mul(a, b);
                    case 2 -> c.o.sub(a, b);
                    case 3 -> c.op("Mod", a, c.constant(Tensor.filled(type, 3)));
                    default -> c.o.div(a, c.constant(Tensor.filled(type, 2)));
                };
        c.keep(y, true);
        return c.keep(c.o.cast(c.op("Mod", y, c.constant(Tensor.filled(type, 7))), c.real), true);
    }

    /** Through half precision and back. */
    private static boolean half(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && c.isExact(v));
        if (x == null || c.real != ElementType.FLOAT) {
            return false;
        }
        Value bounded = c.op("Clip", x, c.scalar(c.real, -8), c.scalar(c.real, 8));
        return c.keep(c.o.cast(c.o.cast(bounded, ElementType.FLOAT16), c.real), true);
    }
}
