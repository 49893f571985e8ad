package dev.hone.tflite.convert;

import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
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
        table.put("TRANSPOSE_CONV", Convolutions::transposed);
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
        Window window = Window.of(
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
        Window window = Window.of(
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
            OperatorContext c, Value x, Value weights, Window window, long groups, int activation, Spread spread) {
        Map<String, Object> attributes = window.attributes(x.shape(), spread.pads());
        attributes.put("group", groups);
        Value y = c.has(2)
                ? c.ops().op("Conv", attributes, x, weights, c.weights(2, 0))
                : c.ops().op("Conv", attributes, x, weights);
        c.putImage(0, Activations.fused(c, activation, y));
    }

    /**
     * The input gradient of a convolution, with an output of a given size: inputs are the size, the weights, x and a bias.
     *
     * <pre>y[i * stride + k - before] += w[k] * x[i]</pre>
     */
    private static void transposed(OperatorContext c) {
        Value x = c.image(2);
        Value weights = c.weights(1, 3, 0, 1, 2);
        long[] kernel = {weights.shape().size(2), weights.shape().size(3)};
        long[] strides = {c.option(2, 0), c.option(1, 0)};
        Window window = Window.of(c, kernel, strides, new long[] {1, 1}, c.choice(0));
        if (!weights.shape().dim(0).equals(x.shape().dim(1))) {
            throw c.damaged("weights of " + weights.shape() + " for an image of " + x.shape());
        }
        long[] pads = new long[4];
        long[] more = new long[2];
        for (int i = 0; i < 2; i++) {
            // What the last window reaches beyond the size of the output; less than nothing where the output is larger.
            long beyond = kernel[i] - strides[i] - excess(c, x.shape(), i, strides[i]);
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
        Value y = c.has(3)
                ? c.ops().op("ConvTranspose", attributes, x, weights, c.weights(3, 0))
                : c.ops().op("ConvTranspose", attributes, x, weights);
        c.putImage(0, Activations.fused(c, 3, y));
    }

    /** By how much the output is larger than the input times the stride, along height or width. */
    private static long excess(OperatorContext c, Shape x, int axis, long stride) {
        int inFile = c.tensor(2).shape()[1 + axis];
        long recorded = c.outputTensor(0).shape()[1 + axis];
        if (!x.dim(2 + axis).isConstant()) {
            // With a size that is open the output follows the input as in the file.
            return recorded - inFile * stride;
        }
        long[] given = c.isKnown(0) ? c.integers(0) : null;
        if (given != null && given.length != ImageOrder.RANK) {
            throw new GraphException("the output size of operator "
                    + c.operator().index() + " has " + given.length + " numbers, expected 4");
        }
        return (given == null ? recorded : given[1 + axis]) - x.size(2 + axis) * stride;
    }
}
