package dev.hone.tflite.convert;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.HashMap;
import java.util.Map;

/**
 * A window that moves over height and width.
 *
 * <p>With padding "same" an axis of {@code n} gives {@code ceil(n / stride)} outputs, and the padding that this takes is
 * divided over both ends, the odd one at the end. It is written as numbers where it does not depend on an open size, as what
 * differentiates, folds and quantizes convolutions reads them.
 */
record SlidingWindow(long[] kernel, long[] strides, long[] dilations, boolean same) {
    static final int SAME = 0;
    static final int VALID = 1;

    /** The largest stride, dilation or window that is taken for meant. */
    private static final long MOST = 1 << 15;

    SlidingWindow {
        for (int i = 0; i < 2; i++) {
            if (!isSize(kernel[i]) || !isSize(strides[i]) || !isSize(dilations[i])) {
                throw new IllegalArgumentException("a window of " + kernel[0] + " x " + kernel[1] + " with strides "
                        + strides[0] + ", " + strides[1] + " and dilations " + dilations[0] + ", " + dilations[1]);
            }
        }
    }

    private static boolean isSize(long number) {
        return number >= 1 && number <= MOST;
    }

    /** @throws dev.hone.graph.GraphException if a number is none of a window, naming the operator */
    static SlidingWindow of(OperatorContext c, long[] kernel, long[] strides, long[] dilations, int padding) {
        if (padding != SAME && padding != VALID) {
            throw c.damaged("padding " + padding);
        }
        try {
            return new SlidingWindow(kernel, strides, dilations, padding == SAME);
        } catch (IllegalArgumentException e) {
            throw c.damaged(e.getMessage());
        }
    }

    /** Pixels that a window covers along an axis. */
    private long extent(int axis) {
        return (kernel[axis] - 1) * dilations[axis] + 1;
    }

    /**
     * The attributes of a convolution or pool over images of a shape [N,C,H,W].
     *
     * @param more pixels of padding beside its own: at the top, left, bottom and right
     */
    Map<String, Object> attributes(Shape image, long[] more) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("kernel_shape", kernel);
        attributes.put("strides", strides);
        if (dilations[0] != 1 || dilations[1] != 1) {
            attributes.put("dilations", dilations);
        }
        long[] pads = more.clone();
        for (int i = 0; i < 2 && same; i++) {
            Dim size = image.dim(2 + i);
            if (strides[i] != 1 && !size.isConstant()) {
                attributes.put("auto_pad", "SAME_UPPER");
                return attributes;
            }
            long total = strides[i] == 1
                    ? extent(i) - 1
                    : Math.max(0, (size.ceilDiv(strides[i]).constant() - 1) * strides[i] + extent(i) - size.constant());
            pads[i] += total / 2;
            pads[i + 2] += total - total / 2;
        }
        attributes.put("pads", pads);
        return attributes;
    }
}
