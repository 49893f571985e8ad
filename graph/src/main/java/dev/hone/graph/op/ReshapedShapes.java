package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operators that arrange the same elements in another shape, or see them in a larger one. */
final class ReshapedShapes {
    private ReshapedShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Reshape", ReshapedShapes::reshape);
        table.put("Flatten", ReshapedShapes::flatten);
        table.put("Transpose", ReshapedShapes::transpose);
        table.put("Squeeze", ReshapedShapes::squeeze);
        table.put("Unsqueeze", ReshapedShapes::unsqueeze);
        table.put("Expand", ReshapedShapes::expand);
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
}
