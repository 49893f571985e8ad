package dev.hone.property;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps with weights and windows: products, convolutions, pooling, resizing. */
final class LayerSteps {
    static final List<Step> ALL = List.of(
            LayerSteps::matMul,
            LayerSteps::matMul,
            LayerSteps::gemm,
            LayerSteps::product,
            LayerSteps::einsum,
            LayerSteps::conv,
            LayerSteps::conv,
            LayerSteps::conv,
            LayerSteps::convTranspose,
            LayerSteps::pool,
            LayerSteps::pool,
            LayerSteps::globalPool,
            LayerSteps::resize);

    private LayerSteps() {}

    private static boolean matMul(Chain c) {
        Value x = c.real(1);
        if (x == null) {
            return false;
        }
        long inner = Chain.dims(x)[Chain.rank(x) - 1];
        long outer = c.choices.of(3L, inner, 1L);
        Value weight = Chain.rank(x) > 2 && c.choices.oneIn(4)
                ? c.weight(inner, Chain.dims(x)[Chain.rank(x) - 3], inner, outer)
                : c.choices.oneIn(6) ? c.weight(inner, inner) : c.weight(inner, inner, outer);
        Value y = c.o.matmul(x, weight);
        if (c.choices.oneIn(2) && Chain.rank(y) > 0) {
            y = c.o.add(
                    y,
                    c.constant(c.random(
                            c.real,
                            c.choices.of(
                                    new long[] {Chain.dims(y)[Chain.rank(y) - 1]}, new long[] {1}, Chain.dims(y)))));
        }
        return fits(y) && c.keep(y, false);
    }

    private static boolean fits(Value y) {
        return y.shape() != null && Chain.fits(Chain.dims(y));
    }

    private static boolean gemm(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 2);
        if (x == null) {
            return false;
        }
        boolean turned = c.choices.oneIn(4);
        boolean across = c.choices.oneIn(2);
        long inner = Chain.dims(x)[turned ? 0 : 1];
        long rows = Chain.dims(x)[turned ? 1 : 0];
        long outer = c.choices.of(3L, 4L, 1L);
        Value weight = across ? c.weight(inner, outer, inner) : c.weight(inner, inner, outer);
        Map<String, Object> attributes = new HashMap<>(Map.of("transA", turned, "transB", across));
        if (c.choices.oneIn(3)) {
            attributes.put("alpha", 0.5f);
            attributes.put("beta", 2f);
        }
        List<Value> inputs = new ArrayList<>(List.of(x, weight));
        if (!c.choices.oneIn(4)) {
            inputs.add(c.constant(c.random(
                    c.real,
                    c.choices.of(
                            new long[] {outer}, new long[] {1}, new long[] {}, new long[] {rows, outer}, new long[] {
                                rows, 1
                            }))));
        }
        return c.keep(c.op("Gemm", attributes, inputs.toArray(Value[]::new)), false);
    }

    /** A product of two values of the chain, as attention has it. */
    private static boolean product(Chain c) {
        Value x = c.real(2);
        if (x == null) {
            return false;
        }
        long[] perm = new long[Chain.rank(x)];
        for (int i = 0; i < perm.length; i++) {
            perm[i] = i;
        }
        perm[perm.length - 1] = perm.length - 2L;
        perm[perm.length - 2] = perm.length - 1L;
        Value scores = c.o.matmul(c.op("Tanh", x), c.o.transpose(x, perm));
        if (!fits(scores)) {
            return false;
        }
        long inner = Chain.dims(x)[perm.length - 1];
        Value weights = c.op(
                "Softmax", Map.of("axis", -1), c.choices.oneIn(2) ? c.o.mul(scores, 1 / Math.sqrt(inner)) : scores);
        return c.keep(c.choices.oneIn(2) ? c.o.matmul(weights, x) : weights, false);
    }

    private static boolean einsum(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 3);
        if (x == null) {
            return false;
        }
        long[] d = Chain.dims(x);
        return c.keep(
                switch (c.below(3)) {
                    case 0 -> c.op("Einsum", Map.of("equation", "bij,jk->bik"), x, c.weight(d[2], d[2], 3));
                    case 1 -> c.op("Einsum", Map.of("equation", "bij,bkj->bik"), x, c.op("Tanh", x));
                    default -> c.op("Einsum", Map.of("equation", "bij->bji"), x);
                },
                false);
    }

    /** One of 3 to 5 dimensions: [N, C, spatial...]. */
    private static Value image(Chain c) {
        return c.pick(v -> v.type() == c.real && Chain.rank(v) >= 3);
    }

    /** Strides, padding, dilation of a window; null if it is larger than the padded image. */
    private static Map<String, Object> window(Chain c, Value x, long[] kernel, boolean dilated) {
        int spatial = kernel.length;
        Map<String, Object> attributes = new HashMap<>();
        long[] strides = new long[spatial];
        long[] pads = new long[2 * spatial];
        long[] dilations = new long[spatial];
        String auto = c.choices.oneIn(5) ? c.choices.of("SAME_UPPER", "SAME_LOWER", "VALID") : "NOTSET";
        for (int i = 0; i < spatial; i++) {
            strides[i] = c.choices.of(1, 1, 2);
            dilations[i] = dilated && c.choices.oneIn(4) ? 2 : 1;
            long reach = (kernel[i] - 1) * dilations[i] + 1;
            pads[i] = reach > 1 && auto.equals("NOTSET") ? c.below(2) : 0;
            pads[i + spatial] = reach > 1 && auto.equals("NOTSET") ? c.choices.oneIn(4) ? c.below(2) : pads[i] : 0;
            if (Chain.dims(x)[2 + i] + pads[i] + pads[i + spatial] < reach) {
                return null;
            }
        }
        attributes.put("kernel_shape", kernel);
        attributes.put("strides", strides);
        if (auto.equals("NOTSET")) {
            attributes.put("pads", pads);
        } else {
            attributes.put("auto_pad", auto);
        }
        if (dilated) {
            attributes.put("dilations", dilations);
        }
        return attributes;
    }

    private static long[] kernel(Chain c, Value x) {
        long[] kernel = new long[Chain.rank(x) - 2];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = c.choices.of(3, 1, 2);
        }
        return kernel;
    }

    private static boolean conv(Chain c) {
        Value x = image(c);
        if (x == null) {
            return false;
        }
        long channels = Chain.dims(x)[1];
        long[] kernel = kernel(c, x);
        Map<String, Object> attributes = window(c, x, kernel, true);
        if (attributes == null || channels > 32) {
            return false;
        }
        boolean depthwise = c.choices.oneIn(3);
        long groups = depthwise ? channels : channels % 2 == 0 && c.choices.oneIn(5) ? 2 : 1;
        long out = depthwise ? channels * c.choices.of(1, 1, 2) : groups * c.choices.of(2, 3);
        long[] dims = new long[kernel.length + 2];
        dims[0] = out;
        dims[1] = channels / groups;
        System.arraycopy(kernel, 0, dims, 2, kernel.length);
        attributes.put("group", groups);
        Value weight = c.weight(Tensor.count(dims) / out, dims);
        Value y = c.choices.oneIn(2)
                ? c.op("Conv", attributes, x, weight)
                : c.op("Conv", attributes, x, weight, c.constant(c.random(c.real, out)));
        if (!fits(y)) {
            return false;
        }
        y = switch (c.below(5)) {
            case 0 -> ReductionSteps.batchNormalization(c, y);
            case 1 -> c.o.mul(y, c.constant(c.uniform(c.real, 0.5, 1.5, perChannel(y))));
            case 2 -> c.o.add(y, c.constant(c.random(c.real, perChannel(y))));
            default -> y;
        };
        return c.keep(c.choices.oneIn(3) ? c.op("Relu", y) : y, false);
    }

    /** The dimensions of one number for each channel, with or without the batch. */
    static long[] perChannel(Value y) {
        long[] dims = new long[Chain.rank(y) - 1];
        java.util.Arrays.fill(dims, 1);
        dims[0] = Chain.dims(y)[1];
        return dims;
    }

    private static boolean convTranspose(Chain c) {
        Value x = image(c);
        if (x == null || Chain.dims(x)[1] > 32) {
            return false;
        }
        long channels = Chain.dims(x)[1];
        long[] kernel = kernel(c, x);
        int spatial = kernel.length;
        long[] strides = new long[spatial];
        long[] pads = new long[2 * spatial];
        long[] extra = new long[spatial];
        for (int i = 0; i < spatial; i++) {
            strides[i] = c.choices.of(1, 2, 3);
            pads[i] = kernel[i] > 1 ? c.below(2) : 0;
            pads[i + spatial] = pads[i];
            extra[i] = c.choices.oneIn(3) ? strides[i] - 1 : 0;
            if ((Chain.dims(x)[i + 2] - 1) * strides[i] + kernel[i] + extra[i] - 2 * pads[i] < 1) {
                return false;
            }
        }
        Map<String, Object> attributes = new HashMap<>(Map.of("strides", strides, "kernel_shape", kernel));
        if (c.choices.oneIn(5)) {
            attributes.put("auto_pad", c.choices.of("SAME_UPPER", "SAME_LOWER"));
        } else {
            attributes.put("pads", pads);
            attributes.put("output_padding", extra);
        }
        long[] dims = new long[spatial + 2];
        dims[0] = channels;
        dims[1] = c.choices.of(2, 3);
        System.arraycopy(kernel, 0, dims, 2, spatial);
        Value y = c.op("ConvTranspose", attributes, x, c.weight(channels * 2, dims));
        return fits(y) && c.keep(c.choices.oneIn(3) ? ReductionSteps.batchNormalization(c, y) : y, false);
    }

    private static boolean pool(Chain c) {
        Value x = image(c);
        if (x == null) {
            return false;
        }
        String op = c.choices.of("MaxPool", "AveragePool", "AveragePool", "LpPool");
        Map<String, Object> attributes = window(c, x, kernel(c, x), false);
        if (attributes == null) {
            return false;
        }
        if (!op.equals("LpPool") && !attributes.containsKey("auto_pad")) {
            attributes.put("ceil_mode", c.choices.of(0, 0, 1));
        }
        if (op.equals("AveragePool")) {
            attributes.put("count_include_pad", c.choices.of(0, 1));
        }
        Value y = c.op(op, attributes, op.equals("LpPool") ? c.o.add(c.op("Abs", x), 0.1) : x);
        return c.keep(y, c.isExact(x) && op.equals("MaxPool"));
    }

    private static boolean globalPool(Chain c) {
        Value x = image(c);
        return x != null && c.keep(c.op(c.choices.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"), x), false);
    }

    private static boolean resize(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 4);
        if (x == null) {
            return false;
        }
        String mode = c.choices.of("nearest", "linear", "cubic");
        Map<String, Object> attributes = new HashMap<>(Map.of("mode", mode));
        attributes.put(
                "coordinate_transformation_mode",
                c.choices.of("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"));
        if (mode.equals("nearest")) {
            attributes.put("nearest_mode", c.choices.of("round_prefer_floor", "floor", "ceil"));
        }
        long[] dims = Chain.dims(x);
        if (c.choices.oneIn(2)) {
            Value scales = c.constant(Tensor.ofFloats(new float[] {1, 1, 2, c.choices.of(2f, 1.5f, 0.5f)}, 4));
            Value y = c.op("Resize", attributes, x, null, scales);
            return fits(y) && c.keep(y, false);
        }
        Value sizes = c.o.vector(dims[0], dims[1], dims[2] + c.below(3), Math.max(1, dims[3] + c.below(4) - 1));
        Value y = c.op("Resize", attributes, x, null, null, sizes);
        return fits(y) && c.keep(y, false);
    }
}
