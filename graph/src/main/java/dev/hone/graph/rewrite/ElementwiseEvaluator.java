package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Evaluates element-wise operators on constants as ONNX Runtime computes them: floats in double precision, rounded once to
 * their type; integers exactly, with the wrap-around of their width. What runtimes differ in, or end the process at, is
 * not evaluated: division by zero, shifts by the width, floats beyond the range of the integers they are converted to.
 */
final class ElementwiseEvaluator {
    /** Larger results are not evaluated, unless inputs are of that size. */
    private static final long LARGEST = 1 << 20;

    private static final Map<String, DoubleUnaryOperator> FLOAT_UNARY = Map.ofEntries(
            Map.entry("Neg", v -> -v),
            Map.entry("Abs", Math::abs),
            Map.entry("Sqrt", Math::sqrt),
            Map.entry("Exp", Math::exp),
            Map.entry("Log", Math::log),
            Map.entry("Reciprocal", v -> 1 / v),
            Map.entry("Floor", Math::floor),
            Map.entry("Ceil", Math::ceil),
            Map.entry("Round", Math::rint),
            Map.entry("Sign", Math::signum),
            Map.entry("Sin", Math::sin),
            Map.entry("Cos", Math::cos),
            Map.entry("Tanh", Math::tanh),
            Map.entry("Sigmoid", v -> 1 / (1 + Math.exp(-v))),
            Map.entry("Relu", v -> Math.max(v, 0)));

    private static final Map<String, LongUnaryOperator> INTEGER_UNARY = Map.of(
            "Neg", v -> -v,
            "Abs", Math::abs,
            "BitwiseNot", v -> ~v);

    private static final Map<String, DoubleBinaryOperator> FLOAT_BINARY = Map.of(
            "Add",
            Double::sum,
            "Sub",
            (a, b) -> a - b,
            "Mul",
            (a, b) -> a * b,
            "Div",
            (a, b) -> a / b,
            "Mod",
            (a, b) -> a % b,
            "Pow",
            ElementwiseEvaluator::power,
            "Min",
            Math::min,
            "Max",
            Math::max);

    /** Of 64 bits without a sign too, but for those of {@link #UNSIGNED}. */
    private static final Map<String, LongBinaryOperator> INTEGER_BINARY = Map.ofEntries(
            Map.entry("Add", Long::sum),
            Map.entry("Sub", (a, b) -> a - b),
            Map.entry("Mul", (a, b) -> a * b),
            Map.entry("Div", (a, b) -> a / b),
            Map.entry("Mod", Math::floorMod),
            Map.entry("Min", Math::min),
            Map.entry("Max", Math::max),
            Map.entry("BitwiseAnd", (a, b) -> a & b),
            Map.entry("BitwiseOr", (a, b) -> a | b),
            Map.entry("BitwiseXor", (a, b) -> a ^ b));

    private static final Map<String, LongBinaryOperator> UNSIGNED = Map.of(
            "Div",
            Long::divideUnsigned,
            "Mod",
            Long::remainderUnsigned,
            "Min",
            (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b,
            "Max",
            (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);

    private static final Set<String> COMPARISONS = Set.of("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual");

    private static final Map<String, LongBinaryOperator> LOGICAL =
            Map.of("And", (a, b) -> a & b, "Or", (a, b) -> a | b, "Xor", (a, b) -> a ^ b);

    private ElementwiseEvaluator() {}

    /** @return null if the operator, or this form of it, is not supported */
    static Tensor unary(Node node, Tensor x) {
        if (node.is("Not")) {
            return x.type() == ElementType.BOOL ? integers(x, ElementType.BOOL, v -> 1 - v) : null;
        }
        if (Patterns.isPlainFloat(x.type())) {
            DoubleUnaryOperator f = FLOAT_UNARY.get(node.op());
            // The sign of NaN depends on the width.
            boolean open = node.is("Sign") && Arrays.stream(x.doubles()).anyMatch(Double::isNaN);
            return f == null || open ? null : floats(x, f);
        }
        LongUnaryOperator f = INTEGER_UNARY.get(node.op());
        boolean unsigned = x.type() == ElementType.UINT64 && !node.is("BitwiseNot");
        return f == null || !isInteger(x.type()) || unsigned ? null : integers(x, x.type(), f);
    }

    private static Tensor floats(Tensor x, DoubleUnaryOperator f) {
        double[] values = x.doubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = f.applyAsDouble(values[i]);
        }
        return Tensor.ofDoubles(values, x.dims()).to(x.type());
    }

    private static Tensor integers(Tensor x, ElementType to, LongUnaryOperator f) {
        long[] values = x.longs();
        for (int i = 0; i < values.length; i++) {
            values[i] = f.applyAsLong(values[i]);
        }
        return Tensor.ofIntegers(to, values, x.dims());
    }

    /** Of C: 1 to any power, and -1 to an infinite one, is 1. */
    private static double power(double base, double exponent) {
        return base == 1 || base == -1 && Double.isInfinite(exponent) ? 1 : Math.pow(base, exponent);
    }

    static boolean isUnary(String op) {
        return op.equals("Not") || FLOAT_UNARY.containsKey(op) || INTEGER_UNARY.containsKey(op);
    }

    static boolean isBinary(String op) {
        return FLOAT_BINARY.containsKey(op)
                || INTEGER_BINARY.containsKey(op)
                || COMPARISONS.contains(op)
                || LOGICAL.containsKey(op)
                || op.equals("BitShift");
    }

    /** @return null if the operator, or this form of it, is not supported */
    static Tensor binary(Node node, Tensor x, Tensor y) {
        return binary(node, node.op(), x, y);
    }

    /** The smaller or the larger of each pair, as {@code Min} and {@code Max} of a node. */
    static Tensor extreme(Node node, boolean larger, Tensor x, Tensor y) {
        return binary(node, larger ? "Max" : "Min", x, y);
    }

    private static Tensor binary(Node node, String op, Tensor x, Tensor y) {
        long[] dims = DataMovementEvaluator.broadcast(x.dims(), y.dims());
        if (x.type() != y.type()
                || dims == null
                || Tensor.count(dims) > Math.max(LARGEST, Math.max(x.count(), y.count()))) {
            return null;
        }
        Broadcast at = new Broadcast(x, y, dims);
        if (Patterns.isPlainFloat(x.type())) {
            boolean remainder = op.equals("Mod") && node.intAttribute("fmod", 0) == 0;
            return COMPARISONS.contains(op)
                    ? at.compareFloats(op)
                    : FLOAT_BINARY.containsKey(op) && !remainder ? at.floats(FLOAT_BINARY.get(op)) : null;
        }
        if (x.type() == ElementType.BOOL) {
            return LOGICAL.containsKey(op)
                    ? at.integers(LOGICAL.get(op))
                    : op.equals("Equal") ? at.compareIntegers(op) : null;
        }
        if (!isInteger(x.type())) {
            return null;
        }
        if (COMPARISONS.contains(op)) {
            return at.compareIntegers(op);
        }
        LongBinaryOperator f = integers(node, op, x.type());
        boolean divides = op.equals("Div") || op.equals("Mod");
        if (f == null || divides && endsProcess(x, y) || op.equals("BitShift") && shiftsAll(y)) {
            return null;
        }
        // The runtime compares the low 32 bits of 64 on some processors.
        if ((op.equals("Min") || op.equals("Max")) && x.type().bits() == 64 && !(isNarrow(x) && isNarrow(y))) {
            return null;
        }
        return at.integers(f);
    }

    private static LongBinaryOperator integers(Node node, String op, ElementType type) {
        if (op.equals("BitShift")) {
            return type.isSigned()
                    ? null
                    : node.stringAttribute("direction", "").equals("LEFT") ? (a, b) -> a << b : (a, b) -> a >>> b;
        }
        if (op.equals("Mod") && node.intAttribute("fmod", 0) != 0) {
            // In floating-point arithmetic, which loses the low bits of large numbers.
            return type.bits() < 64 ? (a, b) -> a % b : null;
        }
        return type == ElementType.UINT64 ? UNSIGNED.getOrDefault(op, INTEGER_BINARY.get(op)) : INTEGER_BINARY.get(op);
    }

    /** Zero divides nothing, and the lowest number divided by -1 has no place among the numbers of its width. */
    private static boolean endsProcess(Tensor x, Tensor y) {
        boolean minusOne = false;
        for (long divisor : y.longs()) {
            if (divisor == 0) {
                return true;
            }
            minusOne |= divisor == -1 && y.type().isSigned();
        }
        if (minusOne) {
            long lowest = -1L << x.type().bits() - 1;
            for (long value : x.longs()) {
                if (value == lowest) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isNarrow(Tensor x) {
        return Arrays.stream(x.longs()).allMatch(v -> v == (int) v);
    }

    private static boolean shiftsAll(Tensor by) {
        for (long bits : by.longs()) {
            if (bits < 0 || bits >= by.type().bits()) {
                return true;
            }
        }
        return false;
    }

    static boolean isInteger(ElementType type) {
        return type.isInteger() && type.bits() >= 8;
    }

    /** Two tensors with the indices of their elements that meet. */
    private static final class Broadcast {
        private final Tensor x;
        private final Tensor y;
        private final long[] dims;
        private final int[] ix;
        private final int[] iy;

        Broadcast(Tensor x, Tensor y, long[] dims) {
            this.x = x;
            this.y = y;
            this.dims = dims;
            this.ix = DataMovementEvaluator.broadcastIndex(x.dims(), dims);
            this.iy = DataMovementEvaluator.broadcastIndex(y.dims(), dims);
        }

        Tensor floats(DoubleBinaryOperator f) {
            double[] a = x.doubles();
            double[] b = y.doubles();
            double[] out = new double[ix.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = f.applyAsDouble(a[ix[i]], b[iy[i]]);
            }
            return Tensor.ofDoubles(out, dims).to(x.type());
        }

        Tensor integers(LongBinaryOperator f) {
            long[] a = x.longs();
            long[] b = y.longs();
            long[] out = new long[ix.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = f.applyAsLong(a[ix[i]], b[iy[i]]);
            }
            return Tensor.ofIntegers(x.type(), out, dims);
        }

        Tensor compareFloats(String op) {
            double[] a = x.doubles();
            double[] b = y.doubles();
            boolean[] out = new boolean[ix.length];
            for (int i = 0; i < out.length; i++) {
                double p = a[ix[i]];
                double q = b[iy[i]];
                // No comparison with NaN holds.
                out[i] = p < q ? holds(op, -1) : p > q ? holds(op, 1) : p == q && holds(op, 0);
            }
            return Tensor.ofBools(out, dims);
        }

        Tensor compareIntegers(String op) {
            long[] a = x.longs();
            long[] b = y.longs();
            boolean unsigned = x.type() == ElementType.UINT64;
            boolean[] out = new boolean[ix.length];
            for (int i = 0; i < out.length; i++) {
                long p = a[ix[i]];
                long q = b[iy[i]];
                out[i] = holds(op, unsigned ? Long.compareUnsigned(p, q) : Long.compare(p, q));
            }
            return Tensor.ofBools(out, dims);
        }

        private static boolean holds(String op, int order) {
            return switch (op) {
                case "Less" -> order < 0;
                case "LessOrEqual" -> order <= 0;
                case "Greater" -> order > 0;
                case "GreaterOrEqual" -> order >= 0;
                default -> order == 0;
            };
        }
    }
}
