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
 * Forms of the gradient of a convolution by its weights.
 *
 * <p>x [N, C, H, W], dy [N, M, H', W'], dw [M, C/g, k, k]; {@code dw[u] = sum over n, j of dy[n, j] x[n, j s - p + u d]}.
 */
final class ConvolutionWeight {
    private ConvolutionWeight() {}

    static Value gradient(Ops o, Node n, Window w, long group, Value x, Value weight, Value dy) {
        Shape shape = weight.shape();
        if (shape == null || !shape.isConstant()) {
            throw new GraphException(n, "the shape of its weights must be known to differentiate it");
        }
        long outputs = shape.size(0) / group;
        long inputs = shape.size(1);
        if (outputs == 1 && inputs == 1) {
            return depthwise(o, w, x, weight, dy);
        }
        if (group == 1 && splits(w, x, dy, outputs, inputs)) {
            return split(o, w, outputs, inputs, x, dy);
        }
        return columns(o, w, group, outputs, inputs, x, weight, dy);
    }

    /** Whether {@link #split} applies and is the faster form: many positions, few channels. */
    private static boolean splits(Window w, Value x, Value dy, long outputs, long inputs) {
        return w.spatial() == 2
                && w.taps() > 1
                && w.unitStrides()
                && w.unitDilations()
                && x.shape() != null
                && x.shape().isConstant()
                && dy.shape() != null
                && dy.shape().isConstant()
                && dy.shape().size(2) * dy.shape().size(3) >= 12 * Math.max(outputs, inputs);
    }

    /**
     * Taps (a, b) split between the two factors: b moves the padded input by columns, a moves dy by rows, and one matrix
     * product per image gives all of them, {@code [M a, H'' W'] [H'' W', b C]} with {@code H'' = H' + k - 1}. For k = 3
     * it writes 6 tensors of the input's size where {@link #columns} writes 18, and multiplies 3 times as many rows.
     *
     * <p>dy moved by a rows, for all a, is one concatenation: in dy, zeros, dy, zeros, dy, with k rows of zeros between,
     * each stretch of H'' rows begins one row later than the one before.
     */
    private static Value split(Ops o, Window w, long outputs, long inputs, Value x, Value dy) {
        long rows = w.kernel()[0];
        long columns = w.kernel()[1];
        long images = dy.shape().size(0);
        long high = dy.shape().size(2);
        long wide = dy.shape().size(3);
        long length = (high + rows - 1) * wide;
        List<Value> moved = new ArrayList<>();
        for (long b = 0; b < columns; b++) {
            long left = w.before()[1] - b;
            long right = w.after()[1] - (columns - 1 - b);
            moved.add(o.op("Pad", x, o.vector(0, 0, w.before()[0], left, 0, 0, w.after()[0], right)));
        }
        Value inputRows = o.reshape(o.concat(1, moved), images, columns * inputs, length);
        Value flat = o.reshape(dy, images, outputs, high * wide);
        Value zeros = o.constant(Tensor.filled(dy.type(), 0, images, outputs, rows * wide));
        List<Value> parts = new ArrayList<>();
        for (long a = 0; a < rows; a++) {
            if (a > 0) {
                parts.add(zeros);
            }
            parts.add(flat);
        }
        Value outputRows = o.reshape(o.concat(2, parts), images, outputs * rows, length);
        Value sums = o.reduceSum(o.matmul(outputRows, o.transpose(inputRows, 0, 2, 1)), false, 0);
        return o.transpose(o.reshape(sums, outputs, rows, columns, inputs), 0, 3, 1, 2);
    }

    /** The elements of the padded input that each tap meets, [N, C, H', W'] for each tap in row-major order. */
    private static List<Value> taps(Ops o, Window w, Value x) {
        int rank = 2 + w.spatial();
        Value padded = x;
        if (w.padded()) {
            long[] before = new long[rank];
            long[] after = new long[rank];
            System.arraycopy(w.before(), 0, before, 2, w.spatial());
            System.arraycopy(w.after(), 0, after, 2, w.spatial());
            padded = Movement.pad(o, x, before, after);
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
                // Counted from the end, so that the size of the input need not be known.
                ends[i] = behind == 0 ? Long.MAX_VALUE : -behind;
                axes[i] = 2L + i;
            }
            taps.add(o.op("Slice", padded, o.vector(starts), o.vector(ends), o.vector(axes), o.vector(w.strides())));
        }
        return taps;
    }

    /** One product and sum per tap. */
    private static Value depthwise(Ops o, Window w, Value x, Value weight, Value dy) {
        long[] axes = new long[1 + w.spatial()];
        for (int i = 1; i < axes.length; i++) {
            axes[i] = i + 1L;
        }
        List<Value> sums = new ArrayList<>();
        for (Value tap : taps(o, w, x)) {
            sums.add(o.unsqueeze(o.reduceSum(o.mul(tap, dy), false, axes), 1));
        }
        return o.reshapeLike(o.concat(1, sums), weight);
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
        int axis = group == 1 ? 1 : 2;
        Value all = o.concat(axis, taps);
        Value rows = rows(o, dy, group, outputs);
        long count = w.taps();
        if (group == 1) {
            Value product = o.reduceSum(o.matmul(rows, o.transpose(all, 0, 2, 1)), false, 0);
            Value ordered = count == 1 ? product : o.transpose(o.reshape(product, outputs, count, inputs), 0, 2, 1);
            return o.reshapeLike(ordered, weight);
        }
        Value product = o.reduceSum(o.matmul(rows, o.transpose(all, 0, 1, 3, 2)), false, 0);
        Value ordered = o.transpose(o.reshape(product, group, outputs, count, inputs), 0, 1, 3, 2);
        return o.reshapeLike(ordered, weight);
    }

    /** [N, C, H, W] as [N, C, H W], or with groups [N, g, C/g, H W]. */
    private static Value rows(Ops o, Value a, long group, long channels) {
        return group == 1 ? o.reshape(a, 0, 0, -1) : o.reshape(a, 0, group, channels, -1);
    }
}
