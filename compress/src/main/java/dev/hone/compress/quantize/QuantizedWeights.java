package dev.hone.compress.quantize;

import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.Arrays;

/**
 * The constant weights of one node as signed bytes, symmetric around 0, with a step for each output channel, and its bias
 * as 32-bit integers whose step is that of the products: {@code input step * weight step}.
 *
 * @param values int8, the shape of the float weights
 * @param steps one per output channel
 * @param axis which axis of the weights counts output channels
 * @param bias int32, or null if there is none
 * @param biasSteps one per output channel
 */
record QuantizedWeights(Tensor values, float[] steps, int axis, Tensor bias, float[] biasSteps) {
    private static final int FULL = 127;
    private static final int REDUCED = 63;

    /** A bias of at most this leaves the sum of products as much room again. */
    private static final double LARGEST_BIAS = 1 << 30;

    static QuantizedWeights of(Node node, float inputStep, boolean reduceRange) {
        Tensor weights = node.input(1).constant();
        Tensor bias = node.input(2) == null ? null : node.input(2).constant();
        int axis = axis(node);
        float[] w = finite(node, "weights", weights.floats());
        float[] b = bias == null ? null : finite(node, "bias", bias.floats());
        int channels = (int) weights.dim(axis);
        float[] steps = steps(w, weights, axis, b, inputStep, top(reduceRange));

        byte[] bytes = new byte[w.length];
        int inner = inner(weights, axis);
        for (int i = 0; i < w.length; i++) {
            bytes[i] = (byte) Math.rint(w[i] / steps[i / inner % channels]);
        }
        Tensor values = Tensor.ofBytes(ElementType.INT8, bytes, weights.dims());
        if (b == null) {
            return new QuantizedWeights(values, steps, axis, null, null);
        }
        float[] biasSteps = new float[channels];
        int[] biasValues = new int[channels];
        for (int c = 0; c < channels; c++) {
            biasSteps[c] = inputStep * steps[c];
            biasValues[c] = (int) Math.rint(b[c] / (double) biasSteps[c]);
        }
        return new QuantizedWeights(values, steps, axis, Tensor.ofInts(biasValues, channels), biasSteps);
    }

    /** @throws CompressionException naming the node and the element, if its weights or its bias are not finite */
    static void requireFinite(Node node) {
        finite(node, "weights", node.input(1).constant().floats());
        if (node.input(2) != null && node.input(2).isConstant()) {
            finite(node, "bias", node.input(2).constant().floats());
        }
    }

    /** Which axis of a node's weights counts output channels. */
    static int axis(Node node) {
        return OperatorTraits.of(node)
                .input(Role.KERNEL)
                .outputAxis(node, node.input(1).constant().rank());
    }

    /** The largest level; the smallest is its negative. */
    static int top(boolean reduceRange) {
        return reduceRange ? REDUCED : FULL;
    }

    /** Elements from one index of the channel axis to the next. */
    private static int inner(Tensor weights, int axis) {
        return (int) Tensor.count(Arrays.copyOfRange(weights.dims(), axis + 1, weights.rank()));
    }

    /** The largest magnitude of each channel by the levels; more where the bias would not fit into 32 bits otherwise. */
    private static float[] steps(float[] w, Tensor weights, int axis, float[] bias, float inputStep, int levels) {
        int channels = (int) weights.dim(axis);
        int inner = inner(weights, axis);
        float[] largest = new float[channels];
        for (int i = 0; i < w.length; i++) {
            int c = i / inner % channels;
            largest[c] = Math.max(largest[c], Math.abs(w[i]));
        }
        float[] steps = new float[channels];
        for (int c = 0; c < channels; c++) {
            double step = largest[c] / (double) levels;
            if (bias != null) {
                step = Math.max(step, Math.abs(bias[c]) / (inputStep * LARGEST_BIAS));
            }
            // A channel of zeros may have any step; its product with the input's has to stay a normal float.
            steps[c] = (float) Math.max(step, 1e-30 / Math.min(1, inputStep));
        }
        return steps;
    }

    private static float[] finite(Node node, String what, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CompressionException(node.label() + ": its " + what + " hold " + values[i] + " at element "
                        + i + ", expected finite numbers; the model is damaged");
            }
        }
        return values;
    }
}
