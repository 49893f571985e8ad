package dev.hone.compress.quantize;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.Map;

/** What each operator can do with 8-bit integers on the runtime's CPU provider: one table. */
final class Traits {
    enum Trait {
        /** Products with constant weights, the reason to quantize at all: u8 inputs, s8 weights per output channel. */
        WEIGHTED,
        /** An integer kernel whose inputs and output all have scales of their own. Constants may be among the inputs. */
        KERNEL,
        /**
         * {@code clip(a*x + b, 0, 1)}, alone or times x: an integer sum whose saturation is the clipping. Or {@code
         * tanh(x)}: the table of a Sigmoid, its bytes read in another way. Or x times that table of {@code a*x}.
         */
        GATE,
        /** Moves or selects elements: whatever scale comes in goes out. */
        PASS,
        /** Clipping from 0 up, which rounding to unsigned bytes does by itself right behind an integer kernel. */
        CLAMP,
        /** No integer kernel: stays in FP32. */
        FLOAT
    }

    private static final Map<String, Trait> TABLE = Map.ofEntries(
            Map.entry("Conv", Trait.WEIGHTED),
            Map.entry("Gemm", Trait.WEIGHTED),
            Map.entry("MatMul", Trait.WEIGHTED),
            Map.entry("Add", Trait.KERNEL),
            Map.entry("Mul", Trait.KERNEL),
            Map.entry("Concat", Trait.KERNEL),
            Map.entry("Sigmoid", Trait.KERNEL),
            Map.entry("LeakyRelu", Trait.KERNEL),
            Map.entry("AveragePool", Trait.KERNEL),
            Map.entry("GlobalAveragePool", Trait.KERNEL),
            Map.entry("HardSigmoid", Trait.GATE),
            Map.entry("HardSwish", Trait.GATE),
            Map.entry("Tanh", Trait.GATE),
            Map.entry("Gelu", Trait.GATE),
            Map.entry("Swish", Trait.GATE),
            Map.entry("MaxPool", Trait.PASS),
            Map.entry("Reshape", Trait.PASS),
            Map.entry("Transpose", Trait.PASS),
            Map.entry("Flatten", Trait.PASS),
            Map.entry("Squeeze", Trait.PASS),
            Map.entry("Unsqueeze", Trait.PASS),
            Map.entry("Slice", Trait.PASS),
            Map.entry("Split", Trait.PASS),
            Map.entry("DepthToSpace", Trait.PASS),
            Map.entry("Expand", Trait.PASS),
            Map.entry("Resize", Trait.PASS),
            Map.entry("Relu", Trait.CLAMP),
            Map.entry("Clip", Trait.CLAMP));

    /** {@code x * sigmoid(1.702 x)} is within 0.0203 of Gelu, of either form (Hendrycks and Gimpel 2016). */
    private static final double GELU = 1.702;

    /** From -1 to 1, with a byte for 0 in the middle. */
    static final Scale TANH = new Scale(2f / (Scale.LEVELS - 1), (Scale.LEVELS - 1) / 2);

    private Traits() {}

    static Trait of(Node node) {
        if (!node.domain().isEmpty()) {
            return Trait.FLOAT;
        }
        Trait trait = TABLE.getOrDefault(node.op(), Trait.FLOAT);
        return switch (node.op()) {
            case "Clip" -> Float.isNaN(ceiling(node)) ? Trait.FLOAT : trait;
            case "HardSigmoid" -> node.floatAttribute("alpha", 0.2f) > 0 ? trait : Trait.FLOAT;
            case "Swish" -> slope(node) > 0 ? trait : Trait.FLOAT;
            case "Resize" -> node.stringAttribute("mode", "nearest").equals("nearest") ? trait : Trait.FLOAT;
            case "MaxPool" -> node.output(1) == null ? trait : Trait.FLOAT;
            default -> trait;
        };
    }

    /** Whether there are integers for an operator at all, be it with some attributes only. */
    static boolean isListed(Node node) {
        return node.domain().isEmpty() && TABLE.containsKey(node.op());
    }

    /** The scale that the bytes of a gate have whatever its input, or null where that is measured. */
    static Scale fixedScale(Node node) {
        return node.is("HardSigmoid") ? new Scale(1f / Scale.LEVELS, 0) : node.is("Tanh") ? TANH : null;
    }

    /** The a of {@code x * sigmoid(a*x)}, which a node computes or comes close to; NaN for any other node. */
    static double slope(Node node) {
        return node.is("Gelu") ? GELU : node.is("Swish") ? node.floatAttribute("alpha", 1) : Double.NaN;
    }

    /** The upper bound of a Relu or of a Clip from 0 up; NaN for any other Clip. */
    static float ceiling(Node clamp) {
        if (clamp.is("Relu")) {
            return Float.POSITIVE_INFINITY;
        }
        Value low = clamp.input(1);
        Value high = clamp.input(2);
        boolean fixed = low != null && low.isConstant() && (high == null || high.isConstant());
        if (!fixed || low.constant().scalarFloat() != 0) {
            return Float.NaN;
        }
        return high == null ? Float.POSITIVE_INFINITY : high.constant().scalarFloat();
    }

    /** How many of the inputs, from the first on, are data; the rest are shapes, axes and the like. */
    static int dataInputs(Node node) {
        return switch (of(node)) {
            case KERNEL -> node.inputs().size();
            default -> 1;
        };
    }
}
