package dev.hone.autodiff;

import dev.hone.core.ElementType;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The gradient of a convolution with respect to its input, in several forms.
 *
 * <p>x [N, C, H, W], w [M, C/g, k, k], dy [N, M, H', W'], dx as x; {@code dx[i] = sum over u of dy[j] w[u]} where
 * {@code j s - p + u d = i}.
 *
 * <p>Milliseconds on one core with variable weights, batch 32, 3 x 3, convolution / ConvTranspose / PyTorch: 24 to 24
 * channels at 80 x 80 30 / 42 / 54, 192 to 192 at 10 x 10 25 / 28 / 18. At stride 2, phases / ConvTranspose / PyTorch:
 * 24 to 48 at 80 x 80 31 / 16 / 24, 96 to 192 at 20 x 20 28 / 14 / 14: phases pay off only where the runtime can
 * prepack the weights.
 */
final class ConvolutionInputGradient {
    private ConvolutionInputGradient() {}

    static Value gradient(Ops o, Window w, long group, Value x, Value weight, Value dy) {
        long[] sizes = Window.sizes(x.shape());
        boolean shaped = weight.shape() != null && weight.shape().isConstant();
        if (shaped && w.unitStrides() && fits(w)) {
            return flipped(o, w, group, weight, dy);
        }
        if (isDepthwise(weight, group) && sizes != null && Window.sizes(dy.shape()) != null && spreads(w)) {
            Value gradient = spread(o, w, group, sizes, weight, dy);
            if (gradient != null) {
                return gradient;
            }
        }
        boolean pointwise = w.taps() == 1;
        if (weight.isConstant()
                && weight.type() == ElementType.FLOAT
                && w.spatial() == 2
                && w.unitDilations()
                && w.strides()[0] == w.strides()[1]
                && !pointwise
                && sizes != null
                && Window.sizes(dy.shape()) != null) {
            return phases(o, w, group, sizes, weight.constant(), dy);
        }
        return transposed(o, w, group, sizes, x, weight, dy);
    }

    /** Requires padding below the extent of the dilated kernel, since the reverse convolution pads by the rest. */
    private static boolean fits(Window w) {
        for (int i = 0; i < w.spatial(); i++) {
            if (w.before()[i] >= w.reach(i) || w.after()[i] >= w.reach(i)) {
                return false;
            }
        }
        return true;
    }

    static Map<String, Object> attributes(Window w, long group) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("kernel_shape", w.kernel());
        attributes.put("strides", w.strides());
        attributes.put("dilations", w.dilations());
        attributes.put("pads", w.pads());
        attributes.put("group", group);
        return attributes;
    }

    /** Stride 1: a convolution of dy with transposed and flipped kernels, with complementary padding. */
    private static Value flipped(Ops o, Window w, long group, Value weight, Value dy) {
        long[] pads = new long[2 * w.spatial()];
        for (int i = 0; i < w.spatial(); i++) {
            pads[i] = w.reach(i) - 1 - w.before()[i];
            pads[w.spatial() + i] = w.reach(i) - 1 - w.after()[i];
        }
        Map<String, Object> attributes = attributes(w, group);
        attributes.put("pads", pads);
        return o.op("Conv", attributes, dy, turned(o, w, group, weight));
    }

    private static Value turned(Ops o, Window w, long group, Value weight) {
        return weight.isConstant() && weight.type() == ElementType.FLOAT
                ? o.constant(Kernels.transposeAndFlip(weight.constant(), group))
                : transposeAndFlip(o, w, group, weight);
    }

    private static boolean isDepthwise(Value weight, long group) {
        return weight.shape() != null
                && weight.shape().dim(0).is(group)
                && weight.shape().dim(1).is(1)
                && weight.shape().isConstant();
    }

    private static boolean spreads(Window w) {
        return w.spatial() == 2 && w.unitDilations() && w.strides()[0] == w.strides()[1];
    }

    /**
     * Depthwise at stride s: dy is upsampled with zeros to stride 1, then convolved as in {@link #flipped}. Repeating
     * elements and multiplying by a mask is faster than padding, and several times faster than ConvTranspose, which has
     * no depthwise kernel.
     *
     * @return null if the padding exceeds the extent of the kernel
     */
    private static Value spread(Ops o, Window w, long group, long[] sizes, Value weight, Value dy) {
        long stride = w.strides()[0];
        long[] small = Window.sizes(dy.shape());
        long[] pads = new long[4];
        long[] wide = new long[2];
        for (int i = 0; i < 2; i++) {
            wide[i] = small[i] * stride;
            pads[i] = w.kernel()[i] - 1 - w.before()[i];
            pads[2 + i] = sizes[i] - wide[i] - pads[i] + w.kernel()[i] - 1;
            if (pads[i] < 0 || pads[2 + i] < 0) {
                return null;
            }
        }
        float[] mask = new float[Math.toIntExact(wide[0] * wide[1])];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i / wide[1] % stride == 0 && i % wide[1] % stride == 0 ? 1 : 0;
        }
        Value repeated = repeat(o, dy, w.strides());
        Tensor holes = Tensor.ofFloats(mask, 1, 1, wide[0], wide[1]).to(Expressions.type(dy));
        Map<String, Object> attributes = attributes(w, group);
        attributes.put("pads", pads);
        attributes.put("strides", new long[] {1, 1});
        return o.op("Conv", attributes, o.mul(repeated, o.constant(holes)), turned(o, w, group, weight));
    }

    /** [N, C, H, W] to [N, C, H s, W s], each element over a square. */
    static Value repeat(Ops o, Value x, long[] times) {
        float[] scales = new float[2 + times.length];
        Arrays.fill(scales, 1);
        for (int i = 0; i < times.length; i++) {
            scales[2 + i] = times[i];
        }
        Map<String, String> nearest =
                Map.of("mode", "nearest", "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor");
        return o.op("Resize", nearest, x, null, o.constant(Tensor.ofFloats(scales, scales.length)));
    }

    /** [M, C/g, k, k] to [C, M/g, k, k], taps in reverse order. */
    private static Value transposeAndFlip(Ops o, Window w, long group, Value weight) {
        Shape shape = weight.shape();
        long m = shape.size(0);
        long c = shape.size(1);
        long taps = w.taps();
        Value flat = o.reshape(weight, group, m / group, c, taps);
        if (taps > 1) {
            flat = o.slice(flat, 3, -1, Long.MIN_VALUE, -1);
        }
        Value swapped = o.transpose(flat, 0, 2, 1, 3);
        long[] dims = new long[2 + w.spatial()];
        dims[0] = group * c;
        dims[1] = m / group;
        System.arraycopy(w.kernel(), 0, dims, 2, w.spatial());
        return o.reshape(swapped, dims);
    }

    /**
     * Stride s with constant weights: the s x s phases of dx are convolutions of dy at stride 1, each with its own
     * taps. They are combined in one convolution with s x s times the channels, whose output DepthToSpace interleaves.
     * This is faster than ConvTranspose because the runtime prepacks the kernels and uses its blocked layout.
     */
    private static Value phases(Ops o, Window w, long group, long[] sizes, Tensor weight, Value dy) {
        long[] small = Window.sizes(dy.shape());
        int stride = (int) w.strides()[0];
        Kernels.Phases taps = Kernels.phases(weight, group, w);
        long[] pads = new long[4];
        long[] out = new long[2];
        for (int i = 0; i < 2; i++) {
            int low = taps.low()[i];
            int high = taps.high()[i];
            long needed = Expressions.ceilDiv(sizes[i], stride);
            pads[i] = -low;
            pads[2 + i] = Math.max(0, needed - small[i] + high);
            out[i] = small[i] + pads[i] + pads[2 + i] - (high - low);
        }
        Value phases = o.op("Conv", Map.of("pads", pads, "group", group), dy, o.constant(taps.kernels()));
        boolean grouped = group > 1;
        Value large = o.op("DepthToSpace", Map.of("blocksize", stride, "mode", grouped ? "CRD" : "DCR"), phases);
        Value cropped = large;
        for (int i = 0; i < 2; i++) {
            cropped = out[i] * stride == sizes[i] ? cropped : o.slice(cropped, 2 + i, 0, sizes[i], 1);
        }
        return cropped;
    }

    /** The general form: the runtime's transposed convolution. */
    private static Value transposed(Ops o, Window w, long group, long[] sizes, Value x, Value weight, Value dy) {
        Map<String, Object> attributes = attributes(w, group);
        long[] small = Window.sizes(dy.shape());
        if (sizes == null || small == null) {
            if (w.unitStrides()) {
                return o.op("ConvTranspose", attributes, dy, weight);
            }
            return padToInput(o, w, x, o.op("ConvTranspose", withoutPads(attributes), dy, weight));
        }
        long[] outputPadding = new long[w.spatial()];
        boolean fits = true;
        for (int i = 0; i < w.spatial(); i++) {
            long reached = (small[i] - 1) * w.strides()[i] + w.reach(i) - w.before()[i] - w.after()[i];
            outputPadding[i] = sizes[i] - reached;
            fits &= outputPadding[i] >= 0 && outputPadding[i] < Math.max(w.strides()[i], w.dilations()[i]);
        }
        if (!fits) {
            return padToInput(o, w, x, o.op("ConvTranspose", withoutPads(attributes), dy, weight));
        }
        attributes.put("output_padding", outputPadding);
        return o.op("ConvTranspose", attributes, dy, weight);
    }

    private static Map<String, Object> withoutPads(Map<String, Object> attributes) {
        attributes.remove("pads");
        return attributes;
    }

    /** Crops the padding of x, and adds zeros where no window reached; for sizes known only at run time. */
    private static Value padToInput(Ops o, Window w, Value x, Value whole) {
        Value want = o.op("Shape", Map.of("start", 2), x);
        Value have = o.op("Shape", Map.of("start", 2), whole);
        Value before = o.vector(w.before());
        Value after = o.sub(o.add(want, before), have);
        Value none = o.vector(0, 0);
        Value pads = o.concat(0, java.util.List.of(none, o.neg(before), none, after));
        return o.op("Pad", whole, pads);
    }
}
