package dev.hone.core.limit;

import java.util.Set;

/**
 * How many elements an operator can give at most, from the numbers of elements it takes. Sizes alone are looked at, not
 * shapes: the bound is rough, but needs no more than the names in a file.
 */
final class GrowthBounds {
    /** What they give is decided by numbers among their inputs or attributes. */
    private static final Set<String> BY_VALUE = Set.of(
            "AffineGrid",
            "AveragePool",
            "BlackmanWindow",
            "CenterCropPad",
            "Col2Im",
            "ConstantOfShape",
            "Conv",
            "ConvInteger",
            "ConvTranspose",
            "DFT",
            "Einsum",
            "Expand",
            "GridSample",
            "HammingWindow",
            "HannWindow",
            "Loop",
            "LpPool",
            "MaxPool",
            "MaxRoiPool",
            "MaxUnpool",
            "MelWeightMatrix",
            "Multinomial",
            "OneHot",
            "Pad",
            "QLinearConv",
            "RandomNormal",
            "RandomUniform",
            "Range",
            "Resize",
            "RoiAlign",
            "STFT",
            "Scan",
            "SequenceMap",
            "Tile",
            "Upsample");

    /** Broadcast, or combine each element of one input with each of another. */
    private static final Set<String> BY_PRODUCT = Set.of(
            "Add",
            "And",
            "Attention",
            "BitShift",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor",
            "Div",
            "Equal",
            "Gather",
            "GatherElements",
            "GatherND",
            "Gemm",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "MatMul",
            "MatMulInteger",
            "Max",
            "Mean",
            "Min",
            "Mod",
            "Mul",
            "Or",
            "PRelu",
            "Pow",
            "QLinearMatMul",
            "Sub",
            "Sum",
            "Where",
            "Xor");

    private GrowthBounds() {}

    /**
     * @param operator name, without its domain
     * @param inputs elements of each input
     * @return elements of all outputs together, at most; infinite if that depends on other things
     */
    static double elements(String operator, double[] inputs) {
        if (BY_VALUE.contains(operator)) {
            return Double.POSITIVE_INFINITY;
        }
        boolean product = BY_PRODUCT.contains(operator);
        double result = product ? 1 : 0;
        for (double input : inputs) {
            result = product ? result * Math.max(1, input) : result + input;
        }
        // Even an operator that counts gives a number for each axis.
        return Math.max(result, ModelLimits.RANK);
    }
}
