package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operators that arrange the same elements in another shape, join, split, repeat or pad them. */
final class LayoutShapes {
    private LayoutShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Reshape", LayoutShapes::reshape);
        table.put("Flatten", LayoutShapes::flatten);
        table.put("Transpose", LayoutShapes::transpose);
        table.put("Squeeze", LayoutShapes::squeeze);
        table.put("Unsqueeze", LayoutShapes::unsqueeze);
        table.put("Expand", LayoutShapes::expand);
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

    /** The rank of an output whose shape is the contents of a vector of known length; -1 if that is not known. */
    private static int lengthOf(ShapeContext n, int vector) {
        Shape shape = n.shape(vector);
        return shape == null || shape.rank() != 1 || !shape.isConstant() ? -1 : (int) shape.size(0);
    }

    /** Target element 0 copies the input's dimension (unless allowzero), -1 takes what is left. */
    private static void reshape(ShapeContext n) {
        Shape x = n.shape(0);
        List<Dim> target = n.elements(1);
        if (target == null) {
            int rank = lengthOf(n, 1);
            n.output(0, rank < 0 ? null : ShapeContext.unknownOfRank(rank));
            return;
        }
        boolean allowZero = n.flag("allowzero", false);
        Dim[] dims = new Dim[target.size()];
        int open = -1;
        Dim known = Dim.ONE;
        for (int i = 0; i < dims.length; i++) {
            Dim t = target.get(i);
            if (t.is(-1)) {
                if (open >= 0) {
                    throw n.error("the target " + target + " has -1 twice");
                }
                open = i;
                continue;
            }
            if (t.isConstant() && t.constant() < 0) {
                throw n.error("the target " + target + " has a negative dimension");
            }
            if (t.is(0) && !allowZero) {
                if (x != null && i >= x.rank()) {
                    throw n.error("the target " + target + " copies axis " + i + " of " + x + ", which has none");
                }
                dims[i] = x == null ? Dim.unknown() : x.dim(i);
            } else {
                dims[i] = t;
            }
            known = known.times(dims[i]);
        }
        if (open >= 0) {
            dims[open] = x == null || known.is(0) ? Dim.unknown() : quotient(n, x, known, target);
        } else if (x != null) {
            Dim all = x.elements();
            if (all.isConstant() && known.isConstant() && !all.equals(known)) {
                throw n.error("cannot reshape " + x + " to " + target);
            }
        }
        n.output(0, dims);
    }

    private static Dim quotient(ShapeContext n, Shape x, Dim known, List<Dim> target) {
        Dim all = x.elements();
        if (all.isConstant() && known.isConstant() && all.constant() % known.constant() != 0) {
            throw n.error("cannot reshape " + x + " to " + target);
        }
        if (all.equals(known)) {
            return Dim.ONE;
        }
        return known.isAnonymous() ? Dim.unknown() : all.floorDiv(known);
    }

    private static void flatten(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            n.output(0, ShapeContext.unknownOfRank(2));
            return;
        }
        long axis = n.attribute("axis", 1);
        if (axis < -x.rank() || axis > x.rank()) {
            throw n.error("axis " + axis + " is outside of " + x);
        }
        int at = (int) (axis < 0 ? axis + x.rank() : axis);
        Shape outer = new Shape(x.dims().subList(0, at));
        Shape inner = new Shape(x.dims().subList(at, x.rank()));
        n.output(0, outer.elements(), inner.elements());
    }

    private static void transpose(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        long[] perm = n.node().intsAttribute("perm");
        List<Dim> dims = new ArrayList<>(x.dims());
        if (perm == null) {
            Collections.reverse(dims);
        } else {
            if (perm.length != x.rank()) {
                throw n.error("permutation " + Arrays.toString(perm) + " for the input " + x);
            }
            n.axes(perm, x.rank());
            for (int i = 0; i < perm.length; i++) {
                dims.set(i, x.dim(n.axis(perm[i], x.rank())));
            }
        }
        n.output(0, new Shape(dims));
    }

    private static void squeeze(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        List<Dim> dims = new ArrayList<>();
        if (!n.has(1)) {
            for (Dim d : x.dims()) {
                if (!d.isConstant()) {
                    return;
                }
                if (!d.is(1)) {
                    dims.add(d);
                }
            }
        } else {
            long[] axes = n.numbers(1);
            if (axes == null) {
                int count = lengthOf(n, 1);
                n.output(0, count < 0 ? null : ShapeContext.unknownOfRank(x.rank() - count));
                return;
            }
            boolean[] dropped = n.axes(axes, x.rank());
            for (int i = 0; i < dropped.length; i++) {
                if (!dropped[i]) {
                    dims.add(x.dim(i));
                } else {
                    n.require(x.dim(i), Dim.ONE, "squeezed axis " + i + " of " + x);
                }
            }
        }
        n.output(0, new Shape(dims));
    }

    private static void unsqueeze(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        long[] axes = n.numbers(1);
        if (axes == null) {
            int count = lengthOf(n, 1);
            n.output(0, count < 0 ? null : ShapeContext.unknownOfRank(x.rank() + count));
            return;
        }
        boolean[] added = n.axes(axes, x.rank() + axes.length);
        Dim[] dims = new Dim[added.length];
        int from = 0;
        for (int i = 0; i < dims.length; i++) {
            dims[i] = added[i] ? Dim.ONE : x.dim(from++);
        }
        n.output(0, dims);
    }

    private static void expand(ShapeContext n) {
        Shape x = n.shape(0);
        List<Dim> target = n.elements(1);
        if (target != null) {
            n.output(0, n.broadcast(x, new Shape(target)));
        } else if (x != null && lengthOf(n, 1) >= 0) {
            n.output(0, ShapeContext.unknownOfRank(Math.max(x.rank(), lengthOf(n, 1))));
        }
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
