package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.FlatTable;
import dev.hone.tflite.file.TfliteOperator;
import dev.hone.tflite.file.TfliteTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a rule sees of its operator: inputs in the order of axes that it asks for, attributes, and where its outputs go.
 * "File order" is [N,H,W,C] for images, "image" is [N,C,H,W].
 */
final class OperatorContext {
    private final TfliteOperator operator;
    private final TensorValues values;
    private final Ops ops;
    private final OpenSizes sizes;

    OperatorContext(TfliteOperator operator, TensorValues values, Ops ops, OpenSizes sizes) {
        this.operator = operator;
        this.values = values;
        this.ops = ops;
        this.sizes = sizes;
    }

    Ops ops() {
        return ops;
    }

    TfliteOperator operator() {
        return operator;
    }

    GraphException unsupported(String what) {
        return new GraphException(
                "operator " + operator.index() + " (" + operator.name() + ") has " + what + ", which is not supported");
    }

    GraphException damaged(String what) {
        return new GraphException("operator " + operator.index() + " (" + operator.name() + ") has " + what
                + "; the file is damaged, download or copy it again");
    }

    /** To be thrown where an operator needs sizes as numbers; where they are numbers, it is not supported. */
    GraphException needsSizes(String what) {
        return sizes == OpenSizes.FIXED ? unsupported(what) : new FixedSizeException(what);
    }

    // ---- inputs

    int inputs() {
        return operator.inputs().length;
    }

    int outputs() {
        return operator.outputs().length;
    }

    boolean has(int input) {
        return input < operator.inputs().length && operator.inputs()[input] >= 0;
    }

    private int index(int input) {
        if (!has(input)) {
            throw damaged("no input " + input);
        }
        return operator.inputs()[input];
    }

    TfliteTensor tensor(int input) {
        return values.tensor(index(input));
    }

    TfliteTensor outputTensor(int output) {
        if (output >= operator.outputs().length) {
            throw damaged("no output " + output);
        }
        return values.tensor(operator.outputs()[output]);
    }

    int rank(int input) {
        return tensor(input).rank();
    }

    boolean isConstant(int input) {
        return tensor(input).isConstant();
    }

    /** In file order. */
    Value input(int input) {
        return values.inFileOrder(index(input));
    }

    /** As [N,C,H,W]. */
    Value image(int input) {
        return values.image(index(input));
    }

    /** Whether it is an image already, so that an operator that can do with both orders takes it as one. */
    boolean isImage(int input) {
        return has(input) && !isConstant(input) && values.isImage(index(input));
    }

    /** In either order, of a tensor whose elements come in the same order in both. */
    Value inAnyOrder(int input) {
        return values.inAnyOrder(index(input));
    }

    /** The shape in file order, its open sizes as symbols. */
    Shape shape(int input) {
        if (isImage(input)) {
            Shape image = image(input).shape();
            return image == null
                    ? null
                    : new Shape(IntStream.of(ImageOrder.FROM_IMAGE)
                            .mapToObj(image::dim)
                            .toList());
        }
        return input(input).shape();
    }

    /** A size of an input in file order, which must be a number. */
    long size(int input, int axis) {
        Shape shape = shape(input);
        if (shape == null || !shape.dim(axis).isConstant()) {
            throw needsSizes("an open size of axis " + axis + " of input " + input);
        }
        return shape.size(axis);
    }

    /** The numbers of a constant in file order, floats as FLOAT and integers as INT64. */
    Tensor constant(int input) {
        if (!isConstant(input)) {
            throw unsupported("input " + input + ", '" + tensor(input).name() + "', computed at run time");
        }
        return values.numbers(index(input), null);
    }

    /** Whether the integers of an input are known while the graph is built. */
    boolean isKnown(int input) {
        return isConstant(input) || numbers(input(input).elements()) != null;
    }

    /** Integers that are a constant, or follow from sizes that are known. */
    long[] integers(int input) {
        if (isConstant(input)) {
            Tensor constant = constant(input);
            if (constant.type().isFloat()) {
                throw damaged("numbers with a fraction at input " + input);
            }
            return constant.longs();
        }
        long[] numbers = numbers(input(input).elements());
        if (numbers == null) {
            throw needsSizes("input " + input + ", '" + tensor(input).name() + "', computed at run time");
        }
        return numbers;
    }

    private static long[] numbers(List<Dim> elements) {
        return elements == null || !elements.stream().allMatch(Dim::isConstant)
                ? null
                : elements.stream().mapToLong(Dim::constant).toArray();
    }

    /** An axis of an input from 0 on, given with negative numbers counting from the end. */
    int axis(int input, long axis) {
        return axisOfRank(axis, rank(input));
    }

    int axisOfRank(long axis, int rank) {
        long fromStart = axis < 0 ? axis + rank : axis;
        if (fromStart < 0 || fromStart >= rank) {
            throw damaged("axis " + axis + " of " + rank);
        }
        return (int) fromStart;
    }

    /**
     * Weights with their axes in another order: integers with a {@code DequantizeLinear} where the operator computes with
     * integers, else numbers.
     */
    Value weights(int input, int... order) {
        if (!isConstant(input)) {
            return values.permuted(input(input), order);
        }
        return tensor(input).isQuantized() && isInteger()
                ? values.dequantizedValue(index(input), order)
                : values.numberValue(index(input), order);
    }

    /** Whether the operator computes with integers that stand for numbers. */
    boolean isInteger() {
        return operator.outputs().length > 0 && outputTensor(0).isQuantized();
    }

    /** Inputs of an elementwise operator, all in one order of axes. */
    record Aligned(List<Value> values, boolean areImages) {
        Value get(int index) {
            return values.get(index);
        }
    }

    /** Brings inputs that are combined element by element into one order: as images where one of them is an image. */
    Aligned aligned(int... inputs) {
        boolean images = IntStream.of(inputs).anyMatch(this::isImage)
                && IntStream.of(inputs).allMatch(i -> rank(i) <= ImageOrder.RANK);
        List<Value> aligned = new ArrayList<>();
        for (int input : inputs) {
            aligned.add(
                    !images || rank(input) == 0
                            ? input(input)
                            : rank(input) == ImageOrder.RANK ? image(input) : asImage(input));
        }
        return new Aligned(aligned, images);
    }

    /** A tensor of fewer axes, which are the last ones, broadcast against images. */
    private Value asImage(int input) {
        long[] missing =
                IntStream.range(0, ImageOrder.RANK - rank(input)).asLongStream().toArray();
        if (isConstant(input)) {
            Tensor constant = constant(input);
            long[] dims = new long[ImageOrder.RANK];
            Arrays.fill(dims, 1);
            System.arraycopy(constant.dims(), 0, dims, missing.length, constant.rank());
            return ops.constant(constant.reshape(dims).transpose(ImageOrder.TO_IMAGE));
        }
        return values.permuted(ops.unsqueeze(input(input), missing), ImageOrder.TO_IMAGE);
    }

    Value permuted(Value value, int... order) {
        return values.permuted(value, order);
    }

    // ---- attributes

    int option(int field, int otherwise) {
        return operator.options() == null ? otherwise : operator.options().integer(field, otherwise);
    }

    /** An attribute of one byte: an enumeration or a flag. */
    int choice(int field) {
        return operator.options() == null ? 0 : operator.options().signedByte(field, 0);
    }

    boolean flag(int field) {
        return choice(field) != 0;
    }

    float number(int field, float otherwise) {
        return operator.options() == null ? otherwise : operator.options().number(field, otherwise);
    }

    long[] optionIntegers(int field) {
        FlatTable options = operator.options();
        return options == null || options.count(field, 4) > 2 * ImageOrder.RANK
                ? new long[0]
                : IntStream.of(options.integers(field)).asLongStream().toArray();
    }

    // ---- outputs

    /** Puts an output in file order. */
    void put(int output, Value value) {
        put(output, value, false);
    }

    /** Puts an output as [N,C,H,W]. */
    void putImage(int output, Value value) {
        put(output, value, true);
    }

    /** Rounds it to the integers of its tensor, where they stand for numbers. */
    void put(int output, Value value, boolean isImage) {
        TfliteTensor tensor = outputTensor(output);
        Value result = value;
        if (tensor.isQuantized()) {
            result = new QuantizedValues(ops).quantized(result, tensor);
        } else {
            ElementType type = TensorValues.valueType(tensor);
            if (result.type() != null && result.type() != type) {
                result = ops.cast(result, type);
            }
        }
        values.put(tensor.index(), result, isImage);
    }
}
