package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.indicator;
import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.DropCeilMode;
import dev.hone.graph.rewrite.Match;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Local and global pooling. */
final class PoolingGradients {
    private PoolingGradients() {}

    static void add(GradientRules r) {
        r.compact("GlobalAveragePool", (o, n, dy) -> o.div(dy, Expressions.ratio(o, x(n), y(n))));
        r.same("GlobalMaxPool", PoolingGradients::globalMax);
        r.joint("MaxPool", PoolingGradients::max);
        r.same("AveragePool", PoolingGradients::average);
    }

    /** Tied elements share the gradient equally. */
    private static Value globalMax(Ops o, Node n, Value dy) {
        Value hit = indicator(o, o.op("Equal", x(n), y(n)), dy);
        // [N, C, H, W] as [N, C, H W], whatever the rank is
        Value ties = o.reshapeLike(o.reduceSum(o.reshape(hit, 0, 0, -1), true, 2), y(n));
        return o.mul(hit, o.div(dy, ties));
    }

    /** Adds each gradient at the maximum, whose index the pooling node outputs. */
    private static Value[] max(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        if (n.intAttribute("storage_order", 0) != 0) {
            throw new GraphException(n, "has a gradient only with storage_order 0");
        }
        dropCeilMode(n);
        Value indices = n.ensureOutput(1, n.graph().freshName("maxpool_indices"));
        indices.setType(ElementType.INT64).setShape(y(n).shape());
        Value gradient =
                DataMovement.scatterFlat(o, x(n), o.reshape(indices, -1), o.reshape(ofElements(o, n, dy.get(0)), -1));
        return new Value[] {gradient};
    }

    /**
     * The gradients of windows that have a maximum. In one that lies in the padding, by dilation, the runtime finds the lowest
     * number, at an index in front of the channel.
     */
    private static Value ofElements(Ops o, Node n, Value dy) {
        double lowest =
                switch (Expressions.type(x(n))) {
                    case DOUBLE -> -Double.MAX_VALUE;
                    case FLOAT16 -> -65504;
                    default -> -Float.MAX_VALUE;
                };
        Value found = o.op("Greater", y(n), o.constantLike(y(n), lowest));
        return o.op("Where", found, dy, o.constantLike(dy, 0));
    }

    private static void dropCeilMode(Node n) {
        if (new DropCeilMode().match(n) instanceof Match.Found found) {
            found.rewrite().run();
        }
    }

    /** A depthwise convolution with equal weights, divided by the number of elements in each window. */
    private static Value average(Ops o, Node n, Value dy) {
        Window w = Window.of(n, null);
        dropCeilMode(n);
        long[] sizes = Window.sizes(x(n).shape());
        long[] small = Window.sizes(y(n).shape());
        boolean withPads = n.intAttribute("count_include_pad", 0) != 0;
        boolean ceil = n.intAttribute("ceil_mode", 0) != 0;
        ElementType type = Expressions.type(x(n));
        if (type == ElementType.FLOAT && sizes != null && small != null && w.sideBySide(sizes, small)) {
            return repeated(o, w, sizes, small, perElement(o, dy, counts(n, w, sizes, small, withPads)));
        }
        if (!ceil && (withPads || !w.padded())) {
            return spread(o, n, w, 1.0 / w.taps(), dy);
        }
        if (sizes == null || small == null) {
            if (ceil) {
                throw new GraphException(
                        n, "the sizes of its input must be known to differentiate it with ceil_mode; declare them");
            }
            return spread(o, n, w, 1, o.div(dy, countsAtRunTime(o, n, w)));
        }
        // In ceil mode the last window may reach past the padding.
        for (int i = 0; i < w.spatial(); i++) {
            long reached = (small[i] - 1) * w.strides()[i] + w.reach(i);
            w.after()[i] = Math.max(w.after()[i], reached - sizes[i] - w.before()[i]);
        }
        return spread(o, n, w, 1, perElement(o, dy, counts(n, w, sizes, small, withPads)));
    }

    /** Divides the gradient of each window by its number of elements. */
    private static Value perElement(Ops o, Value dy, Tensor counts) {
        double[] all = counts.doubles();
        boolean equal = Arrays.stream(all).allMatch(count -> count == all[0]);
        return equal ? o.mul(dy, 1 / all[0]) : o.div(dy, o.constant(counts.to(Expressions.type(dy))));
    }

    /** Windows side by side cover each element once: the gradient is repeated over them, which costs no multiplication. */
    private static Value repeated(Ops o, Window w, long[] sizes, long[] small, Value dy) {
        Value wide = ConvolutionInputGradient.repeat(o, dy, w.strides());
        for (int i = 0; i < sizes.length; i++) {
            wide = small[i] * w.strides()[i] == sizes[i] ? wide : o.slice(wide, 2 + i, 0, sizes[i], 1);
        }
        return wide;
    }

    /** Adds each element of dy, times a factor, at all places of its window. */
    private static Value spread(Ops o, Node n, Window w, double factor, Value dy) {
        Shape shape = x(n).shape();
        boolean known = shape != null && shape.dim(1).isConstant();
        long channels = known ? shape.size(1) : 1;
        Value kernels = o.constant(Tensor.filled(Expressions.type(x(n)), factor, kernels(w, channels)));
        if (known) {
            return ConvolutionInputGradient.gradient(o, w, channels, x(n), kernels, dy);
        }
        Value rows = o.op("Reshape", dy, o.concat(0, List.of(o.vector(-1, 1), spatial(o, dy))));
        return o.reshapeLike(ConvolutionInputGradient.gradient(o, w, 1, x(n), kernels, rows), x(n));
    }

    private static long[] kernels(Window w, long count) {
        long[] dims = new long[2 + w.spatial()];
        dims[0] = count;
        dims[1] = 1;
        System.arraycopy(w.kernel(), 0, dims, 2, w.spatial());
        return dims;
    }

    private static Value spatial(Ops o, Value a) {
        return o.op("Shape", Map.of("start", 2), a);
    }

    /** The number of elements of x in each window: a convolution of ones with ones. */
    private static Value countsAtRunTime(Ops o, Node n, Window w) {
        ElementType type = Expressions.type(x(n));
        Value one = o.constant(Tensor.filled(type, 1));
        Value ones = o.op("Expand", one, o.concat(0, List.of(o.vector(1, 1), spatial(o, x(n)))));
        Value kernel = o.constant(Tensor.filled(type, 1, kernels(w, 1)));
        return o.op("Conv", ConvolutionInputGradient.attributes(w, 1), ones, kernel);
    }

    /** The number of elements in each window, [1, 1, H', W']. */
    private static Tensor counts(Node n, Window w, long[] sizes, long[] small, boolean withPads) {
        long[] pads = n.intsAttribute("pads");
        long[] dims = new long[2 + w.spatial()];
        dims[0] = 1;
        dims[1] = 1;
        System.arraycopy(small, 0, dims, 2, w.spatial());
        double[] counts = new double[Math.toIntExact(Tensor.count(dims))];
        for (int k = 0; k < counts.length; k++) {
            long rest = k;
            long count = 1;
            for (int i = w.spatial() - 1; i >= 0; i--) {
                long start = rest % small[i] * w.strides()[i] - w.before()[i];
                rest /= small[i];
                long padAfter = pads == null ? 0 : pads[w.spatial() + i];
                long first = withPads ? -w.before()[i] : 0;
                long end = withPads ? sizes[i] + padAfter : sizes[i];
                long met = 0;
                for (long u = 0; u < w.kernel()[i]; u++) {
                    long at = start + u * w.dilations()[i];
                    met += at >= first && at < end ? 1 : 0;
                }
                count *= Math.max(1, met);
            }
            counts[k] = count;
        }
        return Tensor.ofDoubles(counts, dims);
    }
}
