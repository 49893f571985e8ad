package dev.hone.autodiff;

import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.Arrays;

/**
 * The window of a convolution or pooling: kernel extents, strides, dilations, and padding before and after, one number
 * per spatial axis.
 */
record Window(int spatial, long[] kernel, long[] strides, long[] dilations, long[] before, long[] after) {

    /** @param kernel kernel extents if the node does not specify them, or null */
    static Window of(Node n, long[] kernel) {
        Value x = n.input(0);
        long[] extents = n.intsAttribute("kernel_shape") != null ? n.intsAttribute("kernel_shape") : kernel;
        if (extents == null) {
            throw new GraphException(n, "the shape of its kernel must be known to differentiate it");
        }
        int spatial = extents.length;
        long[] strides = orOnes(n.intsAttribute("strides"), spatial);
        long[] dilations = orOnes(n.intsAttribute("dilations"), spatial);
        long[] before = new long[spatial];
        long[] after = new long[spatial];
        String auto = n.stringAttribute("auto_pad", "NOTSET");
        long[] pads = n.intsAttribute("pads");
        if (auto.startsWith("SAME")) {
            for (int i = 0; i < spatial; i++) {
                Dim size = x.shape() == null ? Dim.unknown() : x.shape().dim(2 + i);
                if (!size.isConstant()) {
                    throw new GraphException(
                            n, "auto_pad " + auto + " needs a known input size; use explicit pads instead");
                }
                long h = size.constant();
                long out = Expressions.ceilDiv(h, strides[i]);
                long total = Math.max(0, (out - 1) * strides[i] + (extents[i] - 1) * dilations[i] + 1 - h);
                before[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
                after[i] = total - before[i];
            }
        } else if (auto.equals("NOTSET") && pads != null) {
            before = Arrays.copyOfRange(pads, 0, spatial);
            after = Arrays.copyOfRange(pads, spatial, 2 * spatial);
        }
        return new Window(spatial, extents, strides, dilations, before, after);
    }

    private static long[] orOnes(long[] values, int count) {
        if (values != null) {
            return values;
        }
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    long[] pads() {
        long[] pads = Arrays.copyOf(before, 2 * spatial);
        System.arraycopy(after, 0, pads, spatial, spatial);
        return pads;
    }

    boolean unitStrides() {
        return Arrays.stream(strides).allMatch(s -> s == 1);
    }

    boolean unitDilations() {
        return Arrays.stream(dilations).allMatch(d -> d == 1);
    }

    boolean padded() {
        return Arrays.stream(pads()).anyMatch(p -> p != 0);
    }

    /** Whether windows cover every element exactly once. */
    boolean sideBySide(long[] sizes, long[] count) {
        for (int i = 0; i < spatial; i++) {
            if (strides[i] != kernel[i] || before[i] != 0 || count[i] * kernel[i] < sizes[i]) {
                return false;
            }
        }
        return unitDilations();
    }

    /** The number of taps of the kernel. */
    long taps() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    /** Extent of the dilated kernel along a spatial axis. */
    long reach(int i) {
        return (kernel[i] - 1) * dilations[i] + 1;
    }

    /** The extents of the spatial axes, or null if one is unknown. */
    static long[] sizes(Shape shape) {
        if (shape == null) {
            return null;
        }
        long[] sizes = new long[shape.rank() - 2];
        for (int i = 0; i < sizes.length; i++) {
            if (!shape.dim(2 + i).isConstant()) {
                return null;
            }
            sizes[i] = shape.size(2 + i);
        }
        return sizes;
    }
}
