package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that pick elements by position, put elements to positions, or find positions. */
final class SelectionShapes {
    private SelectionShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Slice", SelectionShapes::slice);
        table.put("Gather", SelectionShapes::gather);
        table.put("com.microsoft.GatherBlockQuantized", SelectionShapes::gatherPacked);
        table.put("GatherElements", SelectionShapes::gatherElements);
        table.put("GatherND", SelectionShapes::gatherNd);
        table.put("ScatterElements", SelectionShapes::scatterElements);
        table.put("ScatterND", ElementwiseShapes::sameShape);
        table.put("TopK", SelectionShapes::topK);
        table.put("OneHot", SelectionShapes::oneHot);
        table.put("NonZero", SelectionShapes::nonZero);
        table.put("Compress", SelectionShapes::compress);
        table.put("Unique", SelectionShapes::unique);
    }

    private static void slice(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        List<Dim> starts = n.elements(1);
        List<Dim> ends = n.elements(2);
        long[] axes = n.has(3) ? n.numbers(3) : null;
        long[] steps = n.has(4) ? n.numbers(4) : null;
        int count = starts != null ? starts.size() : ends != null ? ends.size() : -1;
        if (n.has(3) ? axes == null : count < 0) {
            n.output(0, ShapeContext.unknownOfRank(x.rank()));
            return;
        }
        if (axes == null) {
            axes = new long[count];
            Arrays.setAll(axes, i -> i);
        }
        n.axes(axes, x.rank());
        for (int i = 1; i < 3; i++) {
            List<Dim> bounds = n.elements(i);
            if (bounds != null && bounds.size() != axes.length) {
                throw n.error(bounds.size() + (i == 1 ? " starts" : " ends") + " for " + axes.length + " axes");
            }
        }
        Shape y = x;
        for (int i = 0; i < axes.length; i++) {
            int axis = n.axis(axes[i], x.rank());
            boolean known = starts != null && ends != null && (steps != null || !n.has(4));
            long step = steps == null ? 1 : steps[i];
            if (step == 0) {
                throw n.error("a step of 0 on axis " + axis);
            }
            y = y.with(axis, known ? length(x.dim(axis), starts.get(i), ends.get(i), step) : Dim.unknown());
        }
        n.output(0, y);
    }

    /** How many of {@code start, start+step, ...} lie before the end, after both are brought into the axis. */
    private static Dim length(Dim size, Dim start, Dim end, long step) {
        boolean isNone = end.is(Integer.MAX_VALUE) || end.is(Long.MAX_VALUE);
        if (step < 0 && isNone) {
            // Nothing lies between, after the specification; ONNX Runtime goes on to the first element.
            return Dim.unknown();
        }
        if (!size.isConstant() || !start.isConstant() || !end.isConstant()) {
            return step != (int) step
                    ? Dim.unknown()
                    : step < 0 ? backward(size, start, end, -step) : forward(size, start, end, step);
        }
        long n = size.constant();
        long from = clamp(start.constant(), n, 0, step > 0 ? n : n - 1);
        long to = clamp(end.constant(), n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
        int direction = step > 0 ? 1 : -1;
        // Rounded up without adding the step, which may be of any size.
        return (to - from) * direction <= 0 ? Dim.ZERO : Dim.of((to - from - direction) / step + 1);
    }

    private static long clamp(long position, long size, long low, long high) {
        long at = position < 0 ? position + size : position;
        return Math.max(low, Math.min(high, at));
    }

    /** Only a whole axis backwards is understood. */
    private static Dim backward(Dim size, Dim start, Dim end, long step) {
        boolean fromLast = start.is(-1)
                || start.equals(size.minus(1))
                || (start.isConstant() && start.constant() >= Integer.MAX_VALUE);
        boolean toFirst = end.isConstant() && end.constant() <= Integer.MIN_VALUE;
        return fromLast && toFirst ? size.ceilDiv(step) : Dim.unknown();
    }

    /**
     * Symbols are taken to be at least 1, and {@code [c:]} and {@code [:-c]} to leave something; where a bound may lie
     * outside ({@code [:512]} of an axis S), the length is unknown.
     */
    private static Dim forward(Dim size, Dim start, Dim end, long step) {
        boolean whole = end.isConstant() && end.constant() >= Integer.MAX_VALUE;
        boolean endFromLast = end.isConstant() && end.constant() < 0;
        Dim from = start.isConstant() && start.constant() < 0 ? size.plus(start) : start;
        Dim to = whole ? size : endFromLast ? size.plus(end) : end;
        boolean endInside =
                whole || endFromLast || to.equals(size) || size.minus(to).isAtLeast(0, 1);
        Dim span = to.minus(from);
        boolean inOrder = span.isAtLeast(0, 1) || (start.isConstant() && (whole || endFromLast));
        return endInside && from.isAtLeast(0, 1) && inOrder ? span.ceilDiv(step) : Dim.unknown();
    }

    /** data [a,b,c] and axis 1, indices [i,j]: [a,i,j,c]. */
    private static void gather(ShapeContext n) {
        if (n.shape(0) != null) {
            gather(n, n.shape(0), n.axisAttribute(0, n.shape(0).rank()));
        }
    }

    /** Bytes hold several elements of one axis; the types of less than a byte count elements. */
    private static void gatherPacked(ShapeContext n) {
        Shape data = n.shape(0);
        if (data == null) {
            return;
        }
        if (n.type(0) == ElementType.UINT8) {
            int packed = (int) Math.floorMod(n.attribute("quantize_axis", 1), (long) data.rank());
            data = data.with(packed, data.dim(packed).times(Dim.of(8 / n.attribute("bits", 4))));
        }
        gather(n, data, (int) Math.floorMod(n.attribute("gather_axis", 0), (long) data.rank()));
    }

    private static void gather(ShapeContext n, Shape data, int axis) {
        Shape indices = n.shape(1);
        if (indices == null) {
            return;
        }
        List<Dim> dims = new ArrayList<>(data.dims().subList(0, axis));
        dims.addAll(indices.dims());
        dims.addAll(data.dims().subList(axis + 1, data.rank()));
        n.output(0, new Shape(dims));
    }

    private static void gatherElements(ShapeContext n) {
        Shape data = n.shape(0);
        Shape indices = n.shape(1);
        if (data != null && indices != null && data.rank() != indices.rank()) {
            throw n.error("indices " + indices + " for data " + data + ", expected the same rank");
        }
        n.output(0, indices);
    }

    private static void gatherNd(ShapeContext n) {
        Shape data = n.shape(0);
        Shape indices = n.shape(1);
        if (data == null || indices == null) {
            return;
        }
        if (indices.rank() == 0) {
            throw n.error("the indices are a scalar");
        }
        int batch = (int) n.attribute("batch_dims", 0);
        Dim last = indices.dim(-1);
        if (!last.isConstant()) {
            return;
        }
        int consumed = batch + (int) last.constant();
        if (consumed > data.rank()) {
            throw n.error("indices " + indices + " reach beyond the rank of " + data);
        }
        List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
        dims.addAll(data.dims().subList(consumed, data.rank()));
        n.output(0, new Shape(dims));
    }

    private static void scatterElements(ShapeContext n) {
        Shape indices = n.shape(1);
        Shape updates = n.shape(2);
        if (indices != null && updates != null) {
            if (indices.rank() != updates.rank()) {
                throw n.error("indices " + indices + " and updates " + updates + " differ");
            }
            for (int i = 0; i < indices.rank(); i++) {
                n.require(indices.dim(i), updates.dim(i), "axis " + i + " of indices and updates");
            }
        }
        n.output(0, n.shape(0));
    }

    private static void topK(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return;
        }
        int axis = n.axisAttribute(-1, x.rank());
        Dim k = n.element(1);
        if (k != null && k.isConstant() && x.dim(axis).isConstant() && k.constant() > x.size(axis)) {
            throw n.error("the " + k + " largest of axis " + axis + " of " + x);
        }
        Shape y = x.with(axis, k == null ? Dim.unknown() : k);
        n.output(0, y);
        n.output(1, y);
    }

    /** The depth goes in at {@code axis}; -1 is after the last. */
    private static void oneHot(ShapeContext n) {
        Shape indices = n.shape(0);
        if (indices == null) {
            return;
        }
        List<Dim> dims = new ArrayList<>(indices.dims());
        Dim depth = n.element(1);
        dims.add(n.axisAttribute(-1, indices.rank() + 1), depth == null ? Dim.unknown() : depth);
        n.output(0, new Shape(dims));
    }

    private static void nonZero(ShapeContext n) {
        Shape x = n.shape(0);
        n.output(0, x == null ? Dim.unknown() : Dim.of(x.rank()), Dim.unknown());
    }

    private static void compress(ShapeContext n) {
        Shape x = n.shape(0);
        if (!n.node().has("axis")) {
            n.output(0, Dim.unknown());
        } else if (x != null) {
            n.output(0, x.with(n.axisAttribute(0, x.rank()), Dim.unknown()));
        }
    }

    private static void unique(ShapeContext n) {
        Shape x = n.shape(0);
        Dim found = Dim.unknown();
        if (!n.node().has("axis")) {
            n.output(0, found);
        } else if (x != null) {
            n.output(0, x.with(n.axisAttribute(0, x.rank()), found));
        }
        n.output(1, found);
        boolean flat = !n.node().has("axis");
        n.output(2, x == null ? Dim.unknown() : flat ? x.elements() : x.dim(n.axisAttribute(0, x.rank())));
        n.output(3, found);
    }
}
