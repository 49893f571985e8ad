package dev.hone.tflite.convert;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.TfliteTensor;
import java.util.Map;

/** Activation functions, by themselves and at the end of other operators. */
final class Activations {
    private static final int NONE = 0;
    private static final int RELU = 1;
    private static final int RELU_N1_TO_1 = 2;
    private static final int RELU6 = 3;
    private static final int TANH = 4;

    private Activations() {}

    static void register(Map<String, Rule> table) {
        table.put("RELU", c -> clipped(c, 0, Double.POSITIVE_INFINITY));
        table.put("RELU6", c -> clipped(c, 0, 6));
        table.put("RELU_N1_TO_1", c -> clipped(c, -1, 1));
        table.put("RELU_0_TO_1", c -> clipped(c, 0, 1));
        table.put("LOGISTIC", Elementwise.unary("Sigmoid"));
        table.put("TANH", Elementwise.unary("Tanh"));
        table.put("ELU", Elementwise.unary("Elu"));
        table.put("HARD_SWISH", Elementwise.unary("HardSwish"));
        table.put(
                "LEAKY_RELU",
                c -> Elementwise.apply(c, x -> c.ops().op("LeakyRelu", Map.of("alpha", c.number(0, 0)), x)));
        table.put(
                "GELU",
                c -> Elementwise.apply(
                        c, x -> c.ops().op("Gelu", Map.of("approximate", c.flag(0) ? "tanh" : "none"), x)));
        table.put("PRELU", c -> {
            OperatorContext.Aligned operands = c.aligned(0, 1);
            c.put(0, c.ops().op("PRelu", operands.get(0), operands.get(1)), operands.areImages());
        });
        table.put("SOFTMAX", c -> softmax(c, "Softmax", c.number(0, 1)));
        table.put("LOG_SOFTMAX", c -> softmax(c, "LogSoftmax", 1));
    }

    private static void clipped(OperatorContext c, double low, double high) {
        Elementwise.apply(c, x -> clip(c.ops(), x, low, high, c.outputTensor(0)));
    }

    /** Over the last axis, of the logits times beta. */
    private static void softmax(OperatorContext c, String op, float beta) {
        boolean image = c.isImage(0);
        Value x = image ? c.image(0) : c.input(0);
        Value logits = beta == 1 ? x : c.ops().mul(x, beta);
        c.put(0, c.ops().op(op, Map.of("axis", image ? 1 : -1), logits), image);
    }

    /** The function that an attribute of an operator says its output goes through. */
    static Value fused(OperatorContext c, int field, Value x) {
        TfliteTensor output = c.outputTensor(0);
        return switch (c.choice(field)) {
            case NONE -> x;
            case RELU -> clip(c.ops(), x, 0, Double.POSITIVE_INFINITY, output);
            case RELU_N1_TO_1 -> clip(c.ops(), x, -1, 1, output);
            case RELU6 -> clip(c.ops(), x, 0, 6, output);
            case TANH -> c.ops().op("Tanh", x);
            default -> throw c.unsupported("fused activation " + c.choice(field));
        };
    }

    /** Nothing where the integers of the output tensor reach no further, as their clipping does it then. */
    private static Value clip(Ops ops, Value x, double low, double high, TfliteTensor output) {
        if (output.isQuantized()
                && output.type().elements() != null
                && output.type().elements().isInteger()) {
            double[] range = QuantizedValues.range(output);
            double tolerance = 0.5 * output.quantization().scales()[0];
            if (range[0] >= low - tolerance && range[1] <= high + tolerance) {
                return x;
            }
        }
        return low == 0 && high == Double.POSITIVE_INFINITY
                ? ops.op("Relu", x)
                : ops.op(
                        "Clip", x, ops.constant(Tensor.scalar((float) low)), ops.constant(Tensor.scalar((float) high)));
    }
}
