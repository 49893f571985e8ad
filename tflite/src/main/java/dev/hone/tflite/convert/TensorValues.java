package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.core.limit.LimitException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.Quantization;
import dev.hone.tflite.file.TensorType;
import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The values of the graph that tensors of the file became. A tensor of four axes has up to two: in the file's order and as an
 * image, [N,C,H,W]; the other one is made when it is asked for. Integers that stand for numbers are dequantized, FLOAT16 is
 * widened to FLOAT, and other integers are INT64, as ONNX has sizes and indices.
 */
final class TensorValues {
    /** Bytes that constants may take beside so many times those of the file. */
    private static final long CONSTANTS = 256L << 20;

    private static final int TIMES_FILE = 8;

    private final TfliteGraph file;
    private final Ops ops;
    private final Map<Integer, Value> inFileOrder = new HashMap<>();
    private final Map<Integer, Value> images = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final long allowed;
    private long constantBytes;

    TensorValues(TfliteGraph file, long fileBytes, Ops ops) {
        this.file = file;
        this.ops = ops;
        this.allowed = CONSTANTS + TIMES_FILE * fileBytes;
    }

    TfliteTensor tensor(int index) {
        return file.tensors().get(index);
    }

    // ---- writing

    void put(int index, Value value, boolean asImage) {
        (asImage ? images : inFileOrder).put(index, value);
        (asImage ? inFileOrder : images).remove(index);
        name(value, tensor(index).name());
    }

    /** Gives a value the name of a tensor, if it has none of another tensor and the name is free. */
    void name(Value value, String name) {
        if (!names.contains(value.name()) && !value.isInput() && names.add(name)) {
            value.setName(name);
        }
    }

    // ---- reading

    boolean isKnown(int index) {
        return tensor(index).isConstant() || isWritten(index);
    }

    /** Whether an operator has put it. */
    boolean isWritten(int index) {
        return inFileOrder.containsKey(index) || images.containsKey(index);
    }

    /** The shape of what an operator has put, in the file's order; null if it is not known. */
    Shape writtenShape(int index) {
        Value value = inFileOrder.get(index);
        if (value != null) {
            return value.shape();
        }
        Shape image = images.get(index).shape();
        return image == null
                ? null
                : new Shape(
                        IntStream.of(ImageOrder.FROM_IMAGE).mapToObj(image::dim).toList());
    }

    /** Whether it is there as an image already. */
    boolean isImage(int index) {
        return images.containsKey(index);
    }

    /** In the file's order of axes. */
    Value inFileOrder(int index) {
        Value value = inFileOrder.get(index);
        if (value == null) {
            value = tensor(index).isConstant()
                    ? number(index, null)
                    : permuted(known(index, images), ImageOrder.FROM_IMAGE);
            inFileOrder.put(index, value);
        }
        return value;
    }

    /** As [N,C,H,W]. */
    Value image(int index) {
        if (tensor(index).rank() != ImageOrder.RANK) {
            throw new GraphException("tensor '" + tensor(index).name() + "' has the shape "
                    + Arrays.toString(tensor(index).shape()) + ", expected four axes");
        }
        Value value = images.get(index);
        if (value == null) {
            value = tensor(index).isConstant()
                    ? number(index, ImageOrder.TO_IMAGE)
                    : permuted(known(index, inFileOrder), ImageOrder.TO_IMAGE);
            images.put(index, value);
        }
        return value;
    }

    /** Either one, whichever is there, of a tensor whose elements come in the same order in both. */
    Value inAnyOrder(int index) {
        Value value = inFileOrder.get(index);
        return value != null
                        || !images.containsKey(index)
                        || !movesNothing(images.get(index).shape(), ImageOrder.FROM_IMAGE)
                ? inFileOrder(index)
                : images.get(index);
    }

    private Value known(int index, Map<Integer, Value> values) {
        Value value = values.get(index);
        if (value == null) {
            throw new GraphException("tensor '" + tensor(index).name()
                    + "' is read before an operator writes it; the file is damaged, or keeps state between runs");
        }
        return value;
    }

    /** The axes of a value in another order; two permutations in a row become one or none. */
    Value permuted(Value value, int... order) {
        int[] perm = order;
        Value from = value;
        if (value.producer() != null && value.producer().is("Transpose")) {
            long[] before = value.producer().intsAttribute("perm");
            perm = IntStream.of(order).map(i -> (int) before[i]).toArray();
            from = value.producer().input(0);
        }
        if (Arrays.equals(perm, IntStream.range(0, perm.length).toArray())) {
            return from;
        }
        if (movesNothing(from.shape(), perm)) {
            Shape to = new Shape(IntStream.of(perm).mapToObj(from.shape()::dim).toList());
            return ops.reshape(from, to);
        }
        return ops.transpose(from, IntStream.of(perm).asLongStream().toArray());
    }

    /** Whether a permutation only moves axes of size 1, so that no element changes its place; at most one size is open. */
    private static boolean movesNothing(Shape shape, int... perm) {
        if (shape == null || shape.dims().stream().filter(d -> !d.isConstant()).count() > 1) {
            return false;
        }
        int last = -1;
        for (int axis : perm) {
            if (!shape.dim(axis).is(1)) {
                if (axis < last) {
                    return false;
                }
                last = axis;
            }
        }
        return true;
    }

    // ---- constants

    /** The elements of a constant in the file's order as they are stored, integers of less than a byte widened. */
    Tensor stored(int index) {
        TfliteTensor tensor = tensor(index);
        ElementType type = tensor.type().elements();
        if (type == null) {
            throw new GraphException("tensor '" + tensor.name() + "' is of type " + tensor.type()
                    + ", which is not supported; convert the model without it");
        }
        long[] dims = IntStream.of(tensor.shape()).asLongStream().toArray();
        long bytes = type.bytes(Tensor.count(dims));
        if (tensor.sparsity() != null && type.bits() >= 8) {
            count(bytes);
            return Tensor.of(
                    type,
                    dims,
                    SparseWeights.expanded(tensor.sparsity(), type.bits() / 8, tensor.data(), tensor.shape()));
        }
        if (bytes != tensor.data().capacity()) {
            throw new GraphException("tensor '" + tensor.name() + "' of shape " + Arrays.toString(dims) + " takes "
                    + bytes + " bytes, the file has " + tensor.data().capacity()
                    + "; it is damaged, download or copy it again");
        }
        Tensor stored = Tensor.of(type, dims, tensor.data());
        return type.bits() < 8 ? counted(stored.to(ElementType.INT8)) : stored;
    }

    /** A tensor that was made, counted. */
    private Tensor counted(Tensor made) {
        count(made.data().size());
        return made;
    }

    private void count(long bytes) {
        constantBytes += bytes;
        if (constantBytes > allowed) {
            throw new LimitException("has constants of more than " + (allowed >> 20)
                    + " MiB when they are read, far more than the file itself");
        }
    }

    /** The numbers of a constant as ONNX takes them: dequantized, floats as FLOAT, integers as INT64. */
    Tensor numbers(int index, int[] order) {
        TfliteTensor tensor = tensor(index);
        Tensor stored = arranged(stored(index), order);
        if (tensor.isQuantized()) {
            return counted(dequantized(stored, tensor.quantization(), order));
        }
        ElementType type = stored.type().isFloat()
                ? ElementType.FLOAT
                : stored.type() == ElementType.BOOL ? ElementType.BOOL : ElementType.INT64;
        return stored.type() == type ? stored : counted(stored.to(type));
    }

    private Tensor arranged(Tensor tensor, int[] order) {
        return order == null ? tensor : counted(tensor.transpose(order));
    }

    private static Tensor dequantized(Tensor stored, Quantization q, int[] order) {
        long[] integers = stored.longs();
        float[] numbers = new float[integers.length];
        int axis = placed(q.axis(), order);
        long inner = 1;
        for (int i = axis + 1; i < stored.rank(); i++) {
            inner *= stored.dim(i);
        }
        for (int i = 0; i < numbers.length; i++) {
            int k = q.isPerAxis() ? (int) (i / inner % q.scales().length) : 0;
            numbers[i] = q.scales()[k] * (integers[i] - q.zeroPoints()[k]);
        }
        return Tensor.ofFloats(numbers, stored.dims());
    }

    private static int placed(int axis, int[] order) {
        return order == null
                ? axis
                : IntStream.range(0, order.length)
                        .filter(i -> order[i] == axis)
                        .findFirst()
                        .orElse(0);
    }

    private Value number(int index, int[] order) {
        return constant(index, numbers(index, order));
    }

    private Value constant(int index, Tensor tensor) {
        Value value = ops.constant(tensor);
        name(value, tensor(index).name());
        return value;
    }

    /** A constant in another order of axes, as a constant of numbers. */
    Value numberValue(int index, int... order) {
        return number(index, order);
    }

    /** A quantized constant as it is stored, in another order of axes, and its dequantization. */
    Value dequantizedValue(int index, int... order) {
        TfliteTensor tensor = tensor(index);
        Tensor stored = arranged(stored(index), order);
        return new QuantizedValues(ops)
                .dequantize(
                        constant(index, stored),
                        tensor.quantization(),
                        placed(tensor.quantization().axis(), order));
    }

    /** The type of a tensor's values in the graph. */
    static ElementType valueType(TfliteTensor tensor) {
        if (tensor.isQuantized()) {
            return ElementType.FLOAT;
        }
        TensorType type = tensor.type();
        if (type.elements() == null) {
            throw new GraphException("tensor '" + tensor.name() + "' is of type " + type + ", which is not supported");
        }
        return type.elements().isFloat()
                ? ElementType.FLOAT
                : type == TensorType.BOOL ? ElementType.BOOL : ElementType.INT64;
    }
}
