package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that join, split, repeat, pad or crop tensors. */
final class LayoutShapes {
    private LayoutShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Tile", LayoutShapes::tile);
        table.put("Concat", n -> concat(n, 0, 1));
        table.put("com.microsoft.QLinearConcat", n -> concat(n, 2, 3));
        table.put("Split", LayoutShapes::split);
        table.put("Pad", LayoutShapes::pad);
        table.put("DepthToSpace", LayoutShapes::depthToSpace);
        table.put("SpaceToDepth", LayoutShapes::spaceToDepth);
        table.put("Trilu", LayoutShapes::matrices);
        table.put("CenterCropPad", LayoutShapes::centerCropPad);
    }

    private static void tile(ShapeContext n) {
        Shape x = n.shape(0);
        List<Dim> repeats = n.elements(1);
        if (x == null) {
            return;
        }
        if (repeats == null) {
            n.output(0, ShapeContext.unknownOfRank(x.rank()));
            return;
        }
        if (repeats.size() != x.rank()) {
            throw n.error(repeats.size() + " repeats for the input " + x);
        }
        Dim[] dims = new Dim[x.rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = x.dim(i).times(repeats.get(i));
        }
        n.output(0, dims);
    }

    /** The inputs from {@code first} on, every {@code step}-th. */
    private static void concat(ShapeContext n, int first, int step) {
        Dim sum = Dim.ZERO;
        Shape result = null;
        int rank = -1;
        boolean complete = true;
        for (int i = first; i < n.node().inputs().size(); i += step) {
            Shape part = n.shape(i);
            if (part == null) {
                complete = false;
                continue;
            }
            if (rank < 0) {
                rank = part.rank();
                result = part;
            } else if (part.rank() != rank) {
                throw n.error("the inputs differ in rank: " + n.inputs());
            }
            int axis = n.axisAttribute(0, rank);
            for (int d = 0; d < rank; d++) {
                if (d != axis) {
                    result = result.with(d, n.same(result.dim(d), part.dim(d), "axis " + d));
                }
            }
            sum = sum.plus(part.dim(axis));
        }
        if (result != null) {
            n.output(0, result.with(n.axisAttribute(0, rank), complete ? sum : Dim.unknown()));
        }
    }

    private static void split(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        int axis = n.axisAttribute(0, x.rank());
        int count = n.node().outputs().size();
        Dim whole = x.dim(axis);
        if (n.has(1)) {
            List<Dim> parts = n.elements(1);
            if (parts != null && parts.size() != count) {
                throw n.error(parts.size() + " parts for " + count + " outputs");
            }
            Dim sum = Dim.ZERO;
            for (int i = 0; i < count; i++) {
                Dim part = parts == null ? Dim.unknown() : parts.get(i);
                sum = sum.plus(part);
                n.output(i, x.with(axis, part));
            }
            n.require(sum, whole, "the sum of the parts and axis " + axis + " of " + x);
            return;
        }
        long parts = n.attribute("num_outputs", count);
        if (parts < 1) {
            throw n.error("attribute num_outputs is " + parts + ", expected 1 or more");
        }
        // All parts are equal but the last, which may be smaller.
        Dim each = whole.ceilDiv(parts);
        for (int i = 0; i < count; i++) {
            n.output(i, x.with(axis, i < parts - 1 ? each : whole.minus(each.times(parts - 1))));
        }
    }

    private static void pad(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        List<Dim> pads = n.elements(1);
        long[] axes = n.has(3) ? n.numbers(3) : null;
        if (pads == null || (n.has(3) && axes == null)) {
            n.output(0, ShapeContext.unknownOfRank(x.rank()));
            return;
        }
        int count = axes == null ? x.rank() : axes.length;
        if (pads.size() != 2 * count) {
            throw n.error(pads.size() + " pads for " + count + " axes of " + x + ", expected two per axis");
        }
        if (axes != null) {
            n.axes(axes, x.rank());
        }
        Shape y = x;
        for (int i = 0; i < count; i++) {
            int axis = axes == null ? i : n.axis(axes[i], x.rank());
            Dim size = x.dim(axis).plus(pads.get(i)).plus(pads.get(i + count));
            if (size.isConstant() && size.constant() < 0) {
                throw n.error("pads " + pads + " take more than there is from " + x);
            }
            y = y.with(axis, size);
        }
        n.output(0, y);
    }

    private static long blockSize(ShapeContext n) {
        long block = n.attribute("blocksize", 0);
        if (block < 1) {
            throw n.error("attribute blocksize is " + block + ", expected 1 or more");
        }
        return block;
    }

    private static void depthToSpace(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        long b = blockSize(n);
        requireImages(n, x);
        if (x.dim(1).isConstant() && x.size(1) % (b * b) != 0) {
            throw n.error("the channels of " + x + " do not divide by " + b * b);
        }
        n.output(
                0,
                x.dim(0),
                x.dim(1).floorDiv(b * b),
                x.dim(2).times(b),
                x.dim(3).times(b));
    }

    private static void spaceToDepth(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        long b = blockSize(n);
        requireImages(n, x);
        for (int axis = 2; axis < 4; axis++) {
            if (x.dim(axis).isConstant() && x.size(axis) % b != 0) {
                throw n.error("axis " + axis + " of " + x + " does not divide by " + b);
            }
        }
        n.output(
                0,
                x.dim(0),
                x.dim(1).times(b * b),
                x.dim(2).floorDiv(b),
                x.dim(3).floorDiv(b));
    }

    private static void requireImages(ShapeContext n, Shape x) {
        if (x.rank() != 4) {
            throw n.error("expected [N,C,H,W], found " + x);
        }
    }

    private static void matrices(ShapeContext n) {
        n.requireRank(0, 2, "a triangle");
        n.output(0, n.shape(0));
    }

    private static void centerCropPad(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        List<Dim> sizes = n.elements(1);
        long[] axes = n.node().intsAttribute("axes");
        if (axes == null) {
            axes = new long[x.rank()];
            Arrays.setAll(axes, i -> i);
        }
        if (sizes != null && sizes.size() != axes.length) {
            throw n.error(sizes.size() + " sizes for " + axes.length + " axes");
        }
        Shape y = x;
        for (int i = 0; i < axes.length; i++) {
            y = y.with(n.axis(axes[i], x.rank()), sizes == null ? Dim.unknown() : sizes.get(i));
        }
        n.output(0, y);
    }
}
