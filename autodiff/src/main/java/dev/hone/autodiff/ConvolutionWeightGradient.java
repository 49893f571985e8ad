package dev.hone.autodiff;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a convolution with respect to its weights, in several forms.
 *
 * <p>x [N, C, H, W], dy [N, M, H', W'], dw [M, C/g, k, k]; {@code dw[u] = sum over n, j of dy[n, j] x[n, j s - p + u d]}.
 */
final class ConvolutionWeightGradient {
    /** Below this many positions per image, one product over the whole batch is faster than one per image. */
    private static final long FEW_POSITIONS = 200;

    private ConvolutionWeightGradient() {}

    static Value gradient(Ops o, Node n, Window w, long group, Value x, Value weight, Value dy) {
        Shape shape = weight.shape();
        if (shape == null || !shape.isConstant()) {
            throw new GraphException(n, "the shape of its weights must be known to differentiate it");
        }
        long outputs = shape.size(0) / group;
        long inputs = shape.size(1);
        long[] positions = Window.sizes(dy.shape());
        boolean small = positions != null && Tensor.count(positions) < FEW_POSITIONS;
        if (outputs == 1 && inputs == 1) {
            return DepthwiseWeightGradient.gradient(o, w, group, small, x, weight, dy);
        }
        if (group == 1 && small) {
            return wholeBatch(o, w, outputs, inputs, x, weight, dy);
        }
        if (group == 1 && ShiftedTaps.applies(w, inputs, x, dy)) {
            return new ShiftedTaps(o, w, outputs, inputs, x, dy).gradient();
        }
        return columns(o, w, group, outputs, inputs, x, weight, dy);
    }

    /** The elements of the padded input read by each tap: [N, C, H', W'] per tap, in row-major order. */
    static List<Value> taps(Ops o, Window w, Value x) {
        int rank = 2 + w.spatial();
        Value padded = x;
        if (w.padded()) {
            long[] before = new long[rank];
            long[] after = new long[rank];
            System.arraycopy(w.before(), 0, before, 2, w.spatial());
            System.arraycopy(w.after(), 0, after, 2, w.spatial());
            padded = DataMovement.pad(o, x, before, after);
        }
        if (w.taps() == 1 && w.unitStrides()) {
            return List.of(padded);
        }
        List<Value> taps = new ArrayList<>();
        int count = Math.toIntExact(w.taps());
        for (int tap = 0; tap < count; tap++) {
            long[] starts = new long[w.spatial()];
            long[] ends = new long[w.spatial()];
            long[] axes = new long[w.spatial()];
            long rest = tap;
            for (int i = w.spatial() - 1; i >= 0; i--) {
                long u = rest % w.kernel()[i];
                rest /= w.kernel()[i];
                long behind = (w.kernel()[i] - 1 - u) * w.dilations()[i];
                starts[i] = u * w.dilations()[i];
                // Counted from the end, since the size of the input may be unknown.
                ends[i] = behind == 0 ? Long.MAX_VALUE : -behind;
                axes[i] = 2L + i;
            }
            taps.add(o.op("Slice", padded, o.vector(starts), o.vector(ends), o.vector(axes), o.vector(w.strides())));
        }
        return taps;
    }

    /** Small feature maps: channels first, [taps C, N H' W'] and [M, N H' W'], and one matrix product for the batch. */
    private static Value wholeBatch(Ops o, Window w, long outputs, long inputs, Value x, Value weight, Value dy) {
        List<Value> taps = new ArrayList<>();
        for (Value tap : taps(o, w, o.transpose(x, swapped(w)))) {
            taps.add(o.reshape(tap, inputs, -1));
        }
        Value rows = o.reshape(o.transpose(dy, swapped(w)), outputs, -1);
        Value product = o.matmul(rows, o.transpose(o.concat(0, taps), 1, 0));
        return ordered(o, product, outputs, w.taps(), inputs, weight);
    }

    private static long[] swapped(Window w) {
        long[] perm = new long[2 + w.spatial()];
        for (int i = 2; i < perm.length; i++) {
            perm[i] = i;
        }
        perm[0] = 1;
        return perm;
    }

    private static Value ordered(Ops o, Value product, long outputs, long taps, long inputs, Value weight) {
        Value ordered = taps == 1 ? product : o.transpose(o.reshape(product, outputs, taps, inputs), 0, 2, 1);
        return o.reshapeLike(ordered, weight);
    }

    /**
     * All taps side by side, [N, g, taps C/g, H' W'], times dy [N, g, M/g, H' W'] transposed: one matrix product per
     * image and group.
     */
    private static Value columns(
            Ops o, Window w, long group, long outputs, long inputs, Value x, Value weight, Value dy) {
        List<Value> taps = new ArrayList<>();
        for (Value tap : taps(o, w, x)) {
            taps.add(rows(o, tap, group, inputs));
        }
        Value rows = rows(o, dy, group, outputs);
        if (group == 1) {
            Value all = o.transpose(o.concat(1, taps), 0, 2, 1);
            return ordered(o, o.reduceSum(o.matmul(rows, all), false, 0), outputs, w.taps(), inputs, weight);
        }
        Value all = o.transpose(o.concat(2, taps), 0, 1, 3, 2);
        Value product = o.reduceSum(o.matmul(rows, all), false, 0);
        Value byTap = o.reshape(product, group, outputs, w.taps(), inputs);
        return o.reshapeLike(o.transpose(byTap, 0, 1, 3, 2), weight);
    }

    /** [N, C, H, W] as [N, C, H W], or with groups [N, g, C/g, H W]. */
    private static Value rows(Ops o, Value a, long group, long channels) {
        return group == 1 ? o.reshape(a, 0, 0, -1) : o.reshape(a, 0, group, channels, -1);
    }
}
