package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.Quantization;
import dev.hone.tflite.file.TfliteTensor;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The quantized form of ONNX: between a {@code DequantizeLinear} and a {@code QuantizeLinear} an operator computes with
 * numbers, and a runtime that has it for integers takes all three at once.
 *
 * <pre>x = scale * (q - zeroPoint)</pre>
 *
 * <p>What flows between operators as signed bytes is written as unsigned ones, both q and the zero point larger by 128: that is
 * what ONNX Runtime computes with on x86, and it is the byte of a pixel where a model takes images.
 */
final class QuantizedValues {
    private static final int SIGNED_TO_UNSIGNED = 128;

    private final Ops ops;

    QuantizedValues(Ops ops) {
        this.ops = ops;
    }

    /** The numbers of integers, whose scales go along an axis. */
    Value dequantize(Value integers, Quantization q, int axis) {
        boolean hasZeroPoint = integers.type() != ElementType.INT32;
        for (long point : q.zeroPoints()) {
            if (!hasZeroPoint && point != 0 || point != integers.type().wrapped(point)) {
                throw new GraphException("zero point " + point + " of a tensor of type " + integers.type());
            }
        }
        Value scale = ops.constant(scales(q));
        Map<String, ?> attributes = q.isPerAxis() ? Map.of("axis", axis) : Map.of();
        return hasZeroPoint
                ? ops.op("DequantizeLinear", attributes, integers, scale, ops.constant(zeroPoints(q, integers.type())))
                : ops.op("DequantizeLinear", attributes, integers, scale);
    }

    /** Numbers rounded to those that the integers of a tensor stand for, and clipped to their range. */
    Value quantized(Value numbers, TfliteTensor tensor) {
        Quantization q = tensor.quantization();
        ElementType type = tensor.type().elements();
        if (q.isPerAxis() || type == null || type.isFloat() || type.bits() < 8 || type.bits() > 16) {
            throw new GraphException("tensor '" + tensor.name() + "' of type " + tensor.type() + " is quantized"
                    + (q.isPerAxis() ? " per axis" : "") + ", which is supported for weights only");
        }
        if (!(q.scales()[0] > 0)) {
            throw new GraphException("tensor '" + tensor.name() + "' has the quantization scale " + q.scales()[0]);
        }
        Quantization written = flowing(q, type);
        Value integers = ops.op(
                "QuantizeLinear",
                numbers,
                ops.constant(scales(written)),
                ops.constant(zeroPoints(written, flowing(type))));
        integers.setName(ops.graph().freshName(tensor.name() + "_quantized"));
        return dequantize(integers, written, 0);
    }

    /** The type that integers of a type have between operators. */
    static ElementType flowing(ElementType type) {
        return type == ElementType.INT8 ? ElementType.UINT8 : type;
    }

    /** The quantization of integers of a type as it is between operators. */
    static Quantization flowing(Quantization q, ElementType type) {
        return type == ElementType.INT8
                ? new Quantization(
                        q.scales(),
                        LongStream.of(q.zeroPoints())
                                .map(point -> point + SIGNED_TO_UNSIGNED)
                                .toArray(),
                        q.axis())
                : q;
    }

    private static Tensor scales(Quantization q) {
        return q.isPerAxis() ? Tensor.ofFloats(q.scales(), q.scales().length) : Tensor.scalar(q.scales()[0]);
    }

    private static Tensor zeroPoints(Quantization q, ElementType type) {
        return q.isPerAxis()
                ? Tensor.ofIntegers(type, q.zeroPoints(), q.zeroPoints().length)
                : Tensor.ofIntegers(type, new long[] {q.zeroPoints()[0]});
    }

    /** The smallest and the largest number that the integers of a tensor stand for. */
    static double[] range(TfliteTensor tensor) {
        Quantization q = tensor.quantization();
        int bits = tensor.type().elements().bits();
        boolean signed = tensor.type().elements().isSigned();
        double low = signed ? -Math.scalb(1.0, bits - 1) : 0;
        double high = Math.scalb(1.0, signed ? bits - 1 : bits) - 1;
        return new double[] {q.scales()[0] * (low - q.zeroPoints()[0]), q.scales()[0] * (high - q.zeroPoints()[0])};
    }
}
