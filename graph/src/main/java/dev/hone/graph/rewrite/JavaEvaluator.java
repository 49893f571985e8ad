package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Evaluates the operators found in the constant parts of exported models in plain Java: element-wise arithmetic and
 * comparison with broadcasting, conversions, products of matrices, and data movement.
 */
public final class JavaEvaluator implements ConstantEvaluator {
    /** Elements of a Range. */
    private static final long LONGEST = 1 << 20;

    @Override
    public List<Tensor> evaluate(Node node, List<Tensor> inputs) {
        if (node.is("Constant")) {
            return one(constant(node));
        }
        if (inputs.isEmpty() || inputs.get(0) == null) {
            return null;
        }
        Tensor x = inputs.get(0);
        Tensor y = inputs.size() > 1 ? inputs.get(1) : null;
        return switch (node.op()) {
            case "Identity" -> one(x);
            case "Cast" -> one(CastEvaluator.cast(x, ElementType.ofOnnx((int) node.intAttribute("to", 1))));
            case "Shape" -> one(shape(node, x));
            case "Size" -> one(Tensor.scalar(x.count()));
            case "Range" -> range(inputs);
            case "Where" -> where(inputs);
            case "Clip" -> one(clip(node, inputs));
            case "MatMul" -> one(ProductEvaluator.matmul(x, y));
            case "Gemm" -> one(ProductEvaluator.gemm(node, x, y, inputs.size() > 2 ? inputs.get(2) : null));
            default -> {
                if (ElementwiseEvaluator.isUnary(node.op())) {
                    yield one(ElementwiseEvaluator.unary(node, x));
                }
                yield ElementwiseEvaluator.isBinary(node.op())
                        ? inputs.size() == 2 && y != null ? one(ElementwiseEvaluator.binary(node, x, y)) : null
                        : DataMovementEvaluator.evaluate(node, inputs);
            }
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
        // Runtimes count in double precision.
        if (step == 0 || Math.abs(start) > 1L << 52 || Math.abs(limit) > 1L << 52) {
            return null;
        }
        long distance = limit - start;
        long count = Math.max(0, distance / step + (distance % step == 0 ? 0 : distance > 0 == step > 0 ? 1 : 0));
        if (count > LONGEST) {
            return null;
        }
        long[] values = new long[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = start + i * step;
        }
        return one(Tensor.ofIntegers(inputs.get(0).type(), values, values.length));
    }

    private static Tensor clip(Node node, List<Tensor> inputs) {
        Tensor result = inputs.get(0);
        for (int i = 1; i < inputs.size() && result != null; i++) {
            if (inputs.get(i) != null) {
                result = ElementwiseEvaluator.extreme(node, i == 1, result, inputs.get(i));
            }
        }
        return result;
    }

    private static List<Tensor> where(List<Tensor> inputs) {
        Tensor condition = inputs.get(0);
        Tensor x = inputs.get(1);
        Tensor y = inputs.get(2);
        long[] xy = DataMovementEvaluator.broadcast(x.dims(), y.dims());
        long[] dims = xy == null ? null : DataMovementEvaluator.broadcast(condition.dims(), xy);
        if (dims == null || x.type().bits() < 8 || x.type() != y.type() || Tensor.count(dims) > largest(inputs)) {
            return null;
        }
        int[] ic = DataMovementEvaluator.broadcastIndex(condition.dims(), dims);
        Tensor a = DataMovementEvaluator.gather(x, DataMovementEvaluator.broadcastIndex(x.dims(), dims), dims);
        Tensor b = DataMovementEvaluator.gather(y, DataMovementEvaluator.broadcastIndex(y.dims(), dims), dims);
        long[] c = condition.longs();
        int width = x.type().bits() / 8;
        byte[] out = new byte[ic.length * width];
        for (int i = 0; i < ic.length; i++) {
            (c[ic[i]] != 0 ? a : b).buffer().get(i * width, out, i * width, width);
        }
        return one(Tensor.of(x.type(), dims, out));
    }

    /** Elements of a result that constants of these sizes may have. */
    private static long largest(List<Tensor> inputs) {
        long largest = LONGEST;
        for (Tensor input : inputs) {
            largest = Math.max(largest, input.count());
        }
        return largest;
    }
}
