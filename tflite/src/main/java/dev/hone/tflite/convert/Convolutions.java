package dev.hone.tflite.convert;

import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Convolutions. Weights lie in the file as [out, height, width, in], of depthwise convolutions as [1, height, width, out];
 * they are transposed while they are read.
 */
final class Convolutions {
    private Convolutions() {}

    static void register(Map<String, Rule> table) {
        table.put("CONV_2D", c -> convolution(c, Spread.NONE));
        table.put("DEPTHWISE_CONV_2D", c -> depthwise(c, Spread.NONE));
        table.put(
                "TRANSPOSE_CONV",
                c -> transposed(
                        c,
                        new Transposed(
                                2,
                                0,
                                3,
                                c.choice(0) == SlidingWindow.SAME,
                                new long[] {c.option(2, 0), c.option(1, 0)},
                                3)));
        table.put("Convolution2DTransposeBias", c -> transposed(c, biased(c)));
    }

    /**
     * What stands around a convolution and becomes part of it.
     *
     * @param dilations by which its own are multiplied
     * @param pads beside its own: at the top, left, bottom and right
     */
    record Spread(long[] dilations, long[] pads) {
        static final Spread NONE = new Spread(new long[] {1, 1}, new long[4]);
    }

    static void convolution(OperatorContext c, Spread spread) {
        Value x = c.image(0);
        Value weights = c.weights(1, ImageOrder.TO_IMAGE);
        long in = channels(c, x);
        long taken = weights.shape().size(1);
        if (taken < 1 || in % taken != 0) {
            throw c.damaged("weights for " + taken + " channels of " + in);
        }
        SlidingWindow window = SlidingWindow.of(
                c,
                new long[] {weights.shape().size(2), weights.shape().size(3)},
                new long[] {c.option(2, 0), c.option(1, 0)},
                dilations(spread, c.option(5, 1), c.option(4, 1)),
                c.choice(0));
        write(c, x, weights, window, in / taken, 3, spread);
    }

    static void depthwise(OperatorContext c, Spread spread) {
        Value x = c.image(0);
        Value weights = c.weights(1, 3, 0, 1, 2);
        long in = channels(c, x);
        if (weights.shape().size(1) != 1 || in < 1 || weights.shape().size(0) % in != 0) {
            throw c.damaged("depthwise weights of " + weights.shape() + " for " + in + " channels");
        }
        SlidingWindow window = SlidingWindow.of(
                c,
                new long[] {weights.shape().size(2), weights.shape().size(3)},
                new long[] {c.option(2, 0), c.option(1, 0)},
                dilations(spread, c.option(6, 1), c.option(5, 1)),
                c.choice(0));
        write(c, x, weights, window, in, 4, spread);
    }

    private static long[] dilations(Spread spread, long height, long width) {
        return new long[] {height * spread.dilations()[0], width * spread.dilations()[1]};
    }

    private static long channels(OperatorContext c, Value image) {
        if (image.shape() == null || !image.shape().dim(1).isConstant()) {
            throw c.needsSizes("an open number of channels");
        }
        return image.shape().size(1);
    }

    private static void write(
            OperatorContext c,
            Value x,
            Value weights,
            SlidingWindow window,
            long groups,
            int activation,
            Spread spread) {
        Map<String, Object> attributes = window.attributes(x.shape(), spread.pads());
        attributes.put("group", groups);
        Value y = c.has(2)
                ? c.ops().op("Conv", attributes, x, weights, c.weights(2, 0))
                : c.ops().op("Conv", attributes, x, weights);
        c.putImage(0, Activations.fused(c, activation, y));
    }

    /**
     * Where a transposed convolution has what.
     *
     * @param x number of the input with the image
     * @param size number of the input with the size of the output, -1 if there is none
     * @param bias number of the input with the bias
     * @param strides of height and width
     * @param activation number of the attribute with the activation function, -1 if there is none
     */
    private record Transposed(int x, int size, int bias, boolean same, long[] strides, int activation) {}

    /** MediaPipe's operator of its own: inputs are x, the weights and a bias, attributes three numbers. */
    private static Transposed biased(OperatorContext c) {
        ByteBuffer custom = c.operator().custom();
        if (custom == null || custom.capacity() < 3 * Integer.BYTES) {
            throw c.damaged("no attributes");
        }
        int padding = custom.getInt(0);
        if (padding != 1 && padding != 2) {
            throw c.damaged("padding " + padding);
        }
        return new Transposed(0, -1, 2, padding == 1, new long[] {custom.getInt(8), custom.getInt(4)}, -1);
    }

    /**
     * The input gradient of a convolution, with an output of a given size.
     *
     * <pre>y[i * stride + k - before] += w[k] * x[i]</pre>
     */
    private static void transposed(OperatorContext c, Transposed t) {
        Value x = c.image(t.x());
        Value weights = c.weights(1, 3, 0, 1, 2);
        long[] kernel = {weights.shape().size(2), weights.shape().size(3)};
        long[] strides = t.strides();
        SlidingWindow window = SlidingWindow.of(
                c, kernel, strides, new long[] {1, 1}, t.same() ? SlidingWindow.SAME : SlidingWindow.VALID);
        if (!weights.shape().dim(0).equals(x.shape().dim(1))) {
            throw c.damaged("weights of " + weights.shape() + " for an image of " + x.shape());
        }
        long[] pads = new long[4];
        long[] more = new long[2];
        for (int i = 0; i < 2; i++) {
            // What the last window reaches beyond the size of the output; less than nothing where the output is larger.
            long beyond = kernel[i] - strides[i] - excess(c, t, i);
            long total = window.same() ? Math.max(beyond, 0) : 0;
            pads[i] = total / 2;
            long end = beyond - pads[i];
            pads[i + 2] = Math.max(end, 0);
            more[i] = Math.max(-end, 0);
            if (more[i] >= Math.max(strides[i], 2)) {
                throw c.unsupported("an output larger than its windows reach");
            }
        }
        Map<String, Object> attributes =
                new HashMap<>(Map.of("kernel_shape", kernel, "strides", strides, "pads", pads));
        if (more[0] > 0 || more[1] > 0) {
            attributes.put("output_padding", more);
        }
        Value y = c.has(t.bias())
                ? c.ops().op("ConvTranspose", attributes, x, weights, c.weights(t.bias(), 0))
                : c.ops().op("ConvTranspose", attributes, x, weights);
        c.putImage(0, t.activation() < 0 ? y : Activations.fused(c, t.activation(), y));
    }

    /** By how much the output is larger than the input times the stride, along height or width. */
    private static long excess(OperatorContext c, Transposed t, int axis) {
        Shape x = c.image(t.x()).shape();
        int[] in = c.tensor(t.x()).shape();
        int[] out = c.outputTensor(0).shape();
        if (in.length != ImageOrder.RANK || out.length != ImageOrder.RANK) {
            throw c.damaged("an output of " + out.length + " axes");
        }
        if (!x.dim(2 + axis).isConstant()) {
            // With a size that is open the output follows the input as in the file.
            return out[1 + axis] - in[1 + axis] * t.strides()[axis];
        }
        long[] given = t.size() >= 0 && c.isKnown(t.size()) ? c.integers(t.size()) : null;
        if (given != null && given.length != ImageOrder.RANK) {
            throw c.damaged("an output size of " + given.length + " numbers");
        }
        return (given == null ? out[1 + axis] : given[1 + axis]) - x.size(2 + axis) * t.strides()[axis];
    }
}
