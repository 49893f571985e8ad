package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * Evaluates the operators found in the constant parts of exported models in plain Java: element-wise arithmetic and
 * comparison with broadcasting, and data movement. Floating-point results are computed in double precision and rounded
 * once.
 */
public final class JavaEvaluator implements ConstantEvaluator {
    private static final Map<String, DoubleUnaryOperator> UNARY = Map.ofEntries(
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

    private static final Map<String, DoubleBinaryOperator> BINARY = Map.of(
            "Add", Double::sum,
            "Sub", (a, b) -> a - b,
            "Mul", (a, b) -> a * b,
            "Div", (a, b) -> a / b,
            "Pow", Math::pow,
            "Min", Math::min,
            "Max", Math::max);

    private static final Map<String, LongBinaryOperator> WHOLE = Map.of(
            "Add", Long::sum,
            "Sub", (a, b) -> a - b,
            "Mul", (a, b) -> a * b,
            "Div", (a, b) -> a / b,
            "Mod", Math::floorMod,
            "Min", Math::min,
            "Max", Math::max);

    private static final Map<String, DoubleBinaryOperator> COMPARISONS = Map.of(
            "Equal", (a, b) -> a == b ? 1 : 0,
            "Less", (a, b) -> a < b ? 1 : 0,
            "LessOrEqual", (a, b) -> a <= b ? 1 : 0,
            "Greater", (a, b) -> a > b ? 1 : 0,
            "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0,
            "And", (a, b) -> a != 0 && b != 0 ? 1 : 0,
            "Or", (a, b) -> a != 0 || b != 0 ? 1 : 0);

    @Override
    public List<Tensor> evaluate(Node node, List<Tensor> inputs) {
        if (node.is("Constant")) {
            return one(constant(node));
        }
        if (inputs.isEmpty() || inputs.get(0) == null) {
            return null;
        }
        Tensor x = inputs.get(0);
        if (UNARY.containsKey(node.op())) {
            return one(unary(UNARY.get(node.op()), x));
        }
        if (inputs.size() == 2 && inputs.get(1) != null) {
            Tensor y = inputs.get(1);
            if (COMPARISONS.containsKey(node.op())) {
                return one(compare(COMPARISONS.get(node.op()), x, y));
            }
            if (BINARY.containsKey(node.op()) || WHOLE.containsKey(node.op())) {
                return one(arithmetic(node, x, y));
            }
        }
        return switch (node.op()) {
            case "Identity" -> one(x);
            case "Cast" -> one(cast(x, ElementType.ofOnnx((int) node.intAttribute("to", 1))));
            case "Not" -> x.type() == ElementType.BOOL ? one(bools(map(x.doubles(), v -> 1 - v), x.dims())) : null;
            case "Shape" -> one(shape(node, x));
            case "Size" -> one(Tensor.scalar(x.count()));
            case "Range" -> range(inputs);
            case "Where" -> where(inputs);
            default -> DataMovementEvaluator.evaluate(node, inputs);
        };
    }

    private static List<Tensor> one(Tensor tensor) {
        return tensor == null ? null : Collections.singletonList(tensor);
    }

    private static Tensor constant(Node node) {
        Map<String, Attribute> attributes = node.attributes();
        if (attributes.size() != 1) {
            return null;
        }
        Attribute value = attributes.values().iterator().next();
        if (value instanceof Attribute.TensorValue tensor) {
            return tensor.value();
        } else if (value instanceof Attribute.Int number) {
            return Tensor.scalar(number.value());
        } else if (value instanceof Attribute.Float number) {
            return Tensor.scalar(number.value());
        } else if (value instanceof Attribute.Ints numbers) {
            return Tensor.vector(
                    numbers.values().stream().mapToLong(Long::longValue).toArray());
        } else if (value instanceof Attribute.Floats numbers) {
            float[] floats = new float[numbers.values().size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = numbers.values().get(i);
            }
            return Tensor.ofFloats(floats, floats.length);
        } else if (value instanceof Attribute.Str text) {
            return Tensor.ofStrings(List.of(text.bytes()));
        } else if (value instanceof Attribute.Strs texts) {
            return Tensor.ofStrings(texts.values(), texts.values().size());
        }
        return null;
    }

    private static boolean isNumber(ElementType type) {
        return Patterns.isPlainFloat(type) || (type.isInteger() && type != ElementType.UINT64);
    }

    private static Tensor unary(DoubleUnaryOperator f, Tensor x) {
        return Patterns.isPlainFloat(x.type())
                ? Tensor.ofDoubles(map(x.doubles(), f), x.dims()).to(x.type())
                : null;
    }

    private static double[] map(double[] values, DoubleUnaryOperator f) {
        return Arrays.stream(values).map(f).toArray();
    }

    /** ONNX converts floats to integers by truncation. */
    private static Tensor cast(Tensor x, ElementType to) {
        boolean known =
                (isNumber(x.type()) || x.type() == ElementType.BOOL) && (isNumber(to) || to == ElementType.BOOL);
        if (!known) {
            return null;
        }
        if (x.type().isFloat() && to.isInteger()) {
            double[] values = map(x.doubles(), v -> v < 0 ? Math.ceil(v) : Math.floor(v));
            // For out-of-range values, runtimes differ.
            return Arrays.stream(values).allMatch(v -> Math.abs(v) < 1L << Math.min(to.bits() - 1, 52))
                    ? Tensor.ofDoubles(values, x.dims()).to(to)
                    : null;
        }
        return x.to(to);
    }

    private static Tensor bools(double[] values, long[] dims) {
        boolean[] bools = new boolean[values.length];
        for (int i = 0; i < bools.length; i++) {
            bools[i] = values[i] != 0;
        }
        return Tensor.ofBools(bools, dims);
    }

    private static Tensor arithmetic(Node node, Tensor x, Tensor y) {
        long[] dims = DataMovementEvaluator.broadcast(x.dims(), y.dims());
        if (x.type() != y.type() || dims == null) {
            return null;
        }
        int[] ix = DataMovementEvaluator.broadcastIndex(x.dims(), dims);
        int[] iy = DataMovementEvaluator.broadcastIndex(y.dims(), dims);
        if (Patterns.isPlainFloat(x.type()) && BINARY.containsKey(node.op())) {
            DoubleBinaryOperator f = BINARY.get(node.op());
            double[] a = x.doubles();
            double[] b = y.doubles();
            double[] out = new double[ix.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = f.applyAsDouble(a[ix[i]], b[iy[i]]);
            }
            return Tensor.ofDoubles(out, dims).to(x.type());
        }
        // Narrow types wrap around and signs of remainders vary, so only unambiguous cases are evaluated.
        LongBinaryOperator f = WHOLE.get(node.op());
        if (f == null
                || (x.type() != ElementType.INT64 && x.type() != ElementType.INT32)
                || (node.op().equals("Mod") && node.intAttribute("fmod", 0) != 0)) {
            return null;
        }
        long[] a = x.longs();
        long[] b = y.longs();
        boolean divides = node.op().equals("Div") || node.op().equals("Mod");
        if (divides && Arrays.stream(b).anyMatch(v -> v == 0)) {
            return null;
        }
        long[] out = new long[ix.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = f.applyAsLong(a[ix[i]], b[iy[i]]);
        }
        return Tensor.ofLongs(out, dims).to(x.type());
    }

    private static Tensor compare(DoubleBinaryOperator f, Tensor x, Tensor y) {
        long[] dims = DataMovementEvaluator.broadcast(x.dims(), y.dims());
        boolean known = isNumber(x.type()) || x.type() == ElementType.BOOL;
        if (x.type() != y.type() || dims == null || !known) {
            return null;
        }
        int[] ix = DataMovementEvaluator.broadcastIndex(x.dims(), dims);
        int[] iy = DataMovementEvaluator.broadcastIndex(y.dims(), dims);
        double[] a = x.doubles();
        double[] b = y.doubles();
        double[] out = new double[ix.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = f.applyAsDouble(a[ix[i]], b[iy[i]]);
        }
        return bools(out, dims);
    }

    private static Tensor shape(Node node, Tensor x) {
        long[] dims = x.dims();
        int start = DataMovementEvaluator.clamp(node.intAttribute("start", 0), dims.length);
        int end = DataMovementEvaluator.clamp(node.intAttribute("end", dims.length), dims.length);
        return Tensor.vector(Arrays.copyOfRange(dims, start, Math.max(start, end)));
    }

    private static List<Tensor> range(List<Tensor> inputs) {
        if (inputs.get(0).type() != ElementType.INT64 && inputs.get(0).type() != ElementType.INT32) {
            return null;
        }
        long start = inputs.get(0).scalarLong();
        long limit = inputs.get(1).scalarLong();
        long step = inputs.get(2).scalarLong();
        if (step == 0 || Math.abs((limit - start) / step) > 1 << 20) {
            return null;
        }
        List<Long> values = new ArrayList<>();
        for (long v = start; step > 0 ? v < limit : v > limit; v += step) {
            values.add(v);
        }
        return one(Tensor.vector(values.stream().mapToLong(Long::longValue).toArray())
                .to(inputs.get(0).type()));
    }

    private static List<Tensor> where(List<Tensor> inputs) {
        Tensor condition = inputs.get(0);
        Tensor x = inputs.get(1);
        Tensor y = inputs.get(2);
        long[] xy = DataMovementEvaluator.broadcast(x.dims(), y.dims());
        long[] dims = xy == null ? null : DataMovementEvaluator.broadcast(condition.dims(), xy);
        if (dims == null || !isNumber(x.type())) {
            return null;
        }
        int[] ic = DataMovementEvaluator.broadcastIndex(condition.dims(), dims);
        Tensor a = DataMovementEvaluator.gather(x, DataMovementEvaluator.broadcastIndex(x.dims(), dims), dims);
        Tensor b = DataMovementEvaluator.gather(y, DataMovementEvaluator.broadcastIndex(y.dims(), dims), dims);
        long[] c = condition.longs();
        int width = x.type().bits() / 8;
        if (width == 0) {
            return null;
        }
        byte[] out = new byte[ic.length * width];
        for (int i = 0; i < ic.length; i++) {
            (c[ic[i]] != 0 ? a : b).buffer().get(i * width, out, i * width, width);
        }
        return one(Tensor.of(x.type(), dims, out));
    }
}
