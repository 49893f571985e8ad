package dev.hone.autodiff;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The weight gradient of a depthwise convolution, in several forms.
 *
 * <p>Milliseconds on one core under other load, batch 32, products and sums / dot products / stacked / convolution / PyTorch: 3 x 3, 96
 * channels at 40 x 40 50 / 30 / 37 / 60 / 28; 384 at 10 x 10 14 / 25 / 17 / 16 / 3; 96 at 80 x 80 stride 2 138 / 126 /
 * - / 65 / 59; 5 x 5, 120 at 40 x 40 267 / 162 / 68 / 108 / 118; 240 at 20 x 20 96 / 75 / 54 / 61 / 74; 72 at 80 x 80
 * stride 2 352 / 290 / - / 82 / 90.
 */
final class DepthwiseWeightGradient {
    private static final long MANY_TAPS = 16;

    private DepthwiseWeightGradient() {}

    /** @param small whether dy has few spatial positions */
    static Value gradient(Ops o, Window w, long channels, boolean small, Value x, Value weight, Value dy) {
        boolean known = x.shape() != null
                && x.shape().isConstant()
                && dy.shape() != null
                && dy.shape().isConstant();
        if (known && w.spatial() == 2) {
            if (!w.unitStrides() || (small && w.taps() >= MANY_TAPS)) {
                return convolution(o, w, channels, x, weight, dy);
            } else if (w.taps() >= MANY_TAPS) {
                return stacked(o, w, x, weight, dy);
            }
        }
        return small ? sums(o, w, x, weight, dy) : dots(o, w, x, weight, dy);
    }

    /** One product and sum per tap. */
    private static Value sums(Ops o, Window w, Value x, Value weight, Value dy) {
        long[] axes = new long[1 + w.spatial()];
        for (int i = 1; i < axes.length; i++) {
            axes[i] = i + 1L;
        }
        List<Value> taps = new ArrayList<>();
        for (Value tap : ConvolutionWeightGradient.taps(o, w, x)) {
            taps.add(o.unsqueeze(o.reduceSum(o.mul(tap, dy), false, axes), 1));
        }
        return o.reshapeLike(o.concat(1, taps), weight);
    }

    /** One dot product per tap, image and channel, without storing the products. */
    private static Value dots(Ops o, Window w, Value x, Value weight, Value dy) {
        Value row = o.reshape(dy, 0, 0, 1, -1);
        List<Value> taps = new ArrayList<>();
        for (Value tap : ConvolutionWeightGradient.taps(o, w, x)) {
            Value column = o.transpose(o.reshape(tap, 0, 0, 1, -1), 0, 1, 3, 2);
            taps.add(o.reduceSum(o.matmul(row, column), false, 0, 3));
        }
        return o.reshapeLike(o.concat(1, taps), weight);
    }

    /**
     * Stride 1: per image and channel, dy shifted by the rows of the kernel, [k, L], times x shifted by its columns,
     * [L, k]. See {@link ShiftedTaps}.
     */
    private static Value stacked(Ops o, Window w, Value x, Value weight, Value dy) {
        long rows = w.kernel()[0];
        long columns = w.kernel()[1];
        List<Value> xs = new ArrayList<>();
        for (long b = 0; b < columns; b++) {
            long shift = b * w.dilations()[1];
            long[] before = {0, 0, w.before()[0], w.before()[1] - shift};
            long[] after = {0, 0, w.after()[0], w.after()[1] - (w.reach(1) - 1 - shift)};
            xs.add(o.reshape(DataMovement.pad(o, x, before, after), 0, 0, 1, -1));
        }
        List<Value> ds = new ArrayList<>();
        for (long a = 0; a < rows; a++) {
            long shift = a * w.dilations()[0];
            long[] before = {0, 0, shift, 0};
            long[] after = {0, 0, w.reach(0) - 1 - shift, 0};
            ds.add(o.reshape(DataMovement.pad(o, dy, before, after), 0, 0, 1, -1));
        }
        Value product = o.matmul(o.concat(2, ds), o.transpose(o.concat(2, xs), 0, 1, 3, 2));
        return o.reshapeLike(o.reduceSum(product, false, 0), weight);
    }

    /**
     * A grouped convolution with kernel dy, one group per image and channel; stride and dilation are exchanged. If the
     * stride skipped rows of x, the result has more taps than the kernel.
     */
    private static Value convolution(Ops o, Window w, long channels, Value x, Value weight, Value dy) {
        long[] in = Window.sizes(x.shape());
        long[] out = Window.sizes(dy.shape());
        long groups = x.shape().size(0) * channels;
        Map<String, Object> attributes =
                Map.of("group", groups, "dilations", w.strides(), "strides", w.dilations(), "pads", w.pads());
        Value images = o.reshape(x, 1, groups, in[0], in[1]);
        Value kernels = o.reshape(dy, groups, 1, out[0], out[1]);
        Value taps = o.op("Conv", attributes, images, kernels);
        Value own = o.op("Slice", taps, o.vector(0, 0), o.vector(w.kernel()), o.vector(2, 3));
        Value byImage = o.reshape(own, -1, channels, w.kernel()[0], w.kernel()[1]);
        return o.reshapeLike(o.reduceSum(byImage, false, 0), weight);
    }
}
