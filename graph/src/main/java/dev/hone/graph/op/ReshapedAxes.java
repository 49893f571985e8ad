package dev.hone.graph.op;

import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import java.util.Arrays;

/** Axes of a reshaped tensor: those that stay, and those that are joined or parted. */
final class ReshapedAxes {
    /** Axes that are joined or parted are followed up to this many elements. */
    private static final long MOST = 1 << 24;

    private ReshapedAxes() {}

    /** Axes of the same extent at either end are the same; those between are followed where their extents are numbers. */
    static void link(AxisLinks n) {
        Shape x = n.in(0);
        Shape y = n.out(0);
        if (x == null || y == null) {
            return;
        }
        int head = 0;
        while (head < Math.min(x.rank(), y.rank())
                && x.dim(head).equals(y.dim(head))
                && !x.dim(head).isAnonymous()) {
            n.keep(0, head, 0, head);
            head++;
        }
        int tail = 0;
        while (tail < Math.min(x.rank(), y.rank()) - head
                && x.dim(x.rank() - 1 - tail).equals(y.dim(y.rank() - 1 - tail))
                && !x.dim(x.rank() - 1 - tail).isAnonymous()) {
            tail++;
        }
        Shape from = new Shape(x.dims().subList(head, x.rank() - tail));
        Shape to = new Shape(y.dims().subList(head, y.rank() - tail));
        if (from.isConstant() && to.isConstant()) {
            between(n, from.sizes(), to.sizes(), head);
        }
        for (int k = tail; k > 0; k--) {
            n.keep(0, x.rank() - k, 0, y.rank() - k);
        }
    }

    /** Blocks of axes with the same number of elements, each as small as it can be. */
    private static void between(AxisLinks n, long[] from, long[] to, int offset) {
        int a = 0;
        int b = 0;
        while (a < from.length && b < to.length) {
            int firstA = a;
            int firstB = b;
            long left = from[a++];
            long right = to[b++];
            while (left != right) {
                if (left < right && a < from.length) {
                    left *= from[a++];
                } else if (right < left && b < to.length) {
                    right *= to[b++];
                } else {
                    return;
                }
            }
            block(
                    n,
                    Arrays.copyOfRange(from, firstA, a),
                    Arrays.copyOfRange(to, firstB, b),
                    offset + firstA,
                    offset + firstB);
        }
    }

    /** Links each two axes of a block unless every index of one has to do with every index of the other. */
    private static void block(AxisLinks n, long[] from, long[] to, int firstA, int firstB) {
        long count = Tensor.count(from);
        if (count == 0 || count > MOST) {
            return;
        }
        for (int a = 0; a < from.length; a++) {
            for (int b = 0; b < to.length; b++) {
                long innerA = inner(from, a);
                long innerB = inner(to, b);
                int extentA = (int) from[a];
                int extentB = (int) to[b];
                if (extentA == 1 || extentB == 1) {
                    continue;
                }
                boolean onlyA = from.length == 1;
                boolean onlyB = to.length == 1;
                if (onlyA && onlyB) {
                    n.keep(0, firstA + a, 0, firstB + b);
                } else if (onlyB) {
                    n.keep(0, firstA + a, 0, firstB, IndexMap.byOrigin(extentB, j -> (int) (j / innerA % extentA)));
                } else if (onlyA) {
                    n.keep(0, firstA, 0, firstB + b, IndexMap.byTarget(extentA, i -> (int) (i / innerB % extentB)));
                } else if (a == 0 && b == 0 && innerB != innerA) {
                    outermost(n, from, to, firstA, firstB);
                }
            }
        }
    }

    /** The first axes of two blocks: one is a whole multiple of the other, or they have no links. */
    private static void outermost(AxisLinks n, long[] from, long[] to, int a, int b) {
        int more = (int) Math.max(from[0], to[0]);
        int fewer = (int) Math.min(from[0], to[0]);
        if (more % fewer != 0) {
            return;
        }
        int times = more / fewer;
        n.keep(
                0,
                a,
                0,
                b,
                to[0] > from[0] ? IndexMap.byOrigin(more, j -> j / times) : IndexMap.byTarget(more, i -> i / times));
    }

    private static long inner(long[] dims, int axis) {
        return Tensor.count(Arrays.copyOfRange(dims, axis + 1, dims.length));
    }
}
