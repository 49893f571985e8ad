package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/**
 * A node that computes {@code scale[c] * x + shift[c]} with constants, c being the index along one axis: a batch
 * normalization at inference, or an addition, subtraction, multiplication or division by a constant per channel.
 *
 * @param input index of the input x
 * @param scale a factor per channel
 * @param shift a term per channel
 */
record ChannelAffine(int input, double[] scale, double[] shift) {
    static final Set<String> OPERATORS = Set.of("BatchNormalization", "Add", "Sub", "Mul", "Div");

    /**
     * @param axis the channel axis of x
     * @param rank the rank of x
     * @param channels the length of that axis
     * @return null if the node has no such form
     */
    static ChannelAffine of(Node node, int axis, int rank, int channels) {
        if (!node.domain().isEmpty() || !OPERATORS.contains(node.op())) {
            return null;
        }
        if (node.op().equals("BatchNormalization")) {
            return axis == 1 ? ofBatchNorm(node, channels) : null;
        }
        for (int i = 0; i < 2; i++) {
            double[] constant = perChannel(node.input(1 - i), axis, rank, channels);
            if (constant != null && Patterns.constant(node.input(i)) == null) {
                return ofArithmetic(node.op(), i, constant);
            }
        }
        return null;
    }

    /** {@code scale = gamma / sqrt(var + epsilon)}, {@code shift = beta - scale * mean}; null in training mode. */
    private static ChannelAffine ofBatchNorm(Node node, int channels) {
        double[][] p = new double[4][];
        for (int i = 0; i < 4; i++) {
            Tensor tensor = Patterns.constant(node.input(i + 1));
            if (tensor == null || tensor.count() != channels) {
                return null;
            }
            p[i] = tensor.doubles();
        }
        if (node.intAttribute("training_mode", 0) != 0 || !Patterns.onlyFirstOutput(node)) {
            return null;
        }
        double epsilon = node.floatAttribute("epsilon", 1e-5f);
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            scale[c] = p[0][c] / Math.sqrt(p[3][c] + epsilon);
            shift[c] = p[1][c] - scale[c] * p[2][c];
        }
        return new ChannelAffine(0, scale, shift);
    }

    private static ChannelAffine ofArithmetic(String op, int x, double[] k) {
        double[] one = filled(k.length, 1);
        double[] zero = new double[k.length];
        return switch (op) {
            case "Add" -> new ChannelAffine(x, one, k);
            case "Sub" ->
                x == 0 ? new ChannelAffine(x, one, map(k, v -> -v)) : new ChannelAffine(x, map(one, v -> -v), k);
            case "Mul" -> new ChannelAffine(x, k, zero);
            default ->
                x == 0 && Arrays.stream(k).allMatch(v -> v != 0)
                        ? new ChannelAffine(x, map(k, v -> 1 / v), zero)
                        : null;
        };
    }

    /** A constant that broadcasts to x and varies along the channel axis only, as one number per channel, else null. */
    private static double[] perChannel(Value value, int axis, int rank, int channels) {
        Tensor tensor = Patterns.constant(value);
        if (tensor == null || !foldable(tensor.type()) || tensor.rank() > rank) {
            return null;
        }
        for (int i = 0; i < tensor.rank(); i++) {
            long dim = tensor.dim(i);
            if (dim != 1 && !(i == axis - (rank - tensor.rank()) && dim == channels)) {
                return null;
            }
        }
        double[] values = tensor.doubles();
        return values.length == channels ? values : filled(channels, values[0]);
    }

    /** Types in which folding loses at most the rounding of the weights. */
    static boolean foldable(ElementType type) {
        return type == ElementType.FLOAT || type == ElementType.DOUBLE;
    }

    /** Whether x has the shape of the node's output: a constant of more channels or axes enlarges it. */
    boolean keepsShape(Node node) {
        return node.is("BatchNormalization")
                || Patterns.keepsShape(node.input(input), node.input(1 - input).constant(), node.output());
    }

    boolean scales() {
        return Arrays.stream(scale).anyMatch(v -> v != 1);
    }

    boolean shifts() {
        return Arrays.stream(shift).anyMatch(v -> v != 0);
    }

    boolean isFinite() {
        return Arrays.stream(scale).allMatch(Double::isFinite)
                && Arrays.stream(shift).allMatch(Double::isFinite);
    }

    // ---- arithmetic on weights

    /** Multiplies every element by a factor that depends on its index. */
    static Tensor scaled(Tensor tensor, IntToDoubleFunction factor) {
        double[] values = tensor.doubles();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor.applyAsDouble(i);
        }
        return Tensor.ofDoubles(values, tensor.dims()).to(tensor.type());
    }

    private static double[] map(double[] values, java.util.function.DoubleUnaryOperator f) {
        return Arrays.stream(values).map(f).toArray();
    }

    private static double[] filled(int count, double value) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return values;
    }
}
