package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Known elements that are looked up, joined, moved or repeated; see {@link KnownElements}. */
final class KnownSelections {
    private KnownSelections() {}

    /** For each output position the element at the position that it comes from. */
    private static List<Dim> pick(List<Dim> x, Shape from, Shape y, UnaryOperator<int[]> source) {
        List<Dim> elements = new ArrayList<>();
        int[] at = new int[y.rank()];
        for (long i = y.count().getAsLong(); i > 0; i--) {
            int[] position = source.apply(at.clone());
            int flat = 0;
            for (int axis = 0; axis < from.rank(); axis++) {
                flat = flat * (int) from.size(axis) + position[axis];
            }
            elements.add(x.get(flat));
            for (int axis = y.rank() - 1; axis >= 0 && ++at[axis] == y.size(axis); axis--) {
                at[axis] = 0;
            }
        }
        return elements;
    }

    static List<Dim> concat(ShapeContext n, Shape y) {
        int axis = n.axisAttribute(0, y.rank());
        int rows = 1;
        for (int i = 0; i < axis; i++) {
            rows *= (int) y.size(i);
        }
        List<List<Dim>> parts = new ArrayList<>();
        for (int i = 0; i < n.node().inputs().size(); i++) {
            if (!KnownElements.isSmall(n.shape(i))) {
                return null;
            }
            List<Dim> part = n.elements(i);
            parts.add(part != null ? part : unknown(n.shape(i).count().getAsLong()));
        }
        List<Dim> elements = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (List<Dim> part : parts) {
                int width = part.size() / rows;
                elements.addAll(part.subList(row * width, (row + 1) * width));
            }
        }
        return elements;
    }

    private static List<Dim> unknown(long count) {
        return Stream.generate(Dim::unknown).limit(count).toList();
    }

    static List<Dim> slice(ShapeContext n, Shape y) {
        List<Dim> x = n.elements(0);
        long[] starts = n.numbers(1);
        long[] axes = n.has(3) ? n.numbers(3) : null;
        long[] steps = n.has(4) ? n.numbers(4) : null;
        if (x == null || starts == null || (n.has(3) && axes == null) || (n.has(4) && steps == null)) {
            return null;
        }
        Shape from = n.shape(0);
        return pick(x, from, y, at -> {
            for (int i = 0; i < starts.length; i++) {
                int axis = axes == null ? i : n.axis(axes[i], from.rank());
                long step = steps == null ? 1 : steps[i];
                long size = from.size(axis);
                long start = starts[i] < 0 ? starts[i] + size : starts[i];
                start = Math.max(0, Math.min(step > 0 ? size : size - 1, start));
                at[axis] = (int) (start + at[axis] * step);
            }
            return at;
        });
    }

    static List<Dim> transpose(ShapeContext n, Shape y) {
        List<Dim> x = n.elements(0);
        long[] perm = n.node().intsAttribute("perm");
        int rank = y.rank();
        return x == null
                ? null
                : pick(x, n.shape(0), y, at -> {
                    int[] source = new int[rank];
                    for (int i = 0; i < rank; i++) {
                        source[perm == null ? rank - 1 - i : (int) perm[i]] = at[i];
                    }
                    return source;
                });
    }

    static List<Dim> gather(ShapeContext n, Shape y) {
        List<Dim> x = n.elements(0);
        long[] indices = n.numbers(1);
        if (x == null || indices == null) {
            return null;
        }
        Shape from = n.shape(0);
        Shape chosen = n.shape(1);
        int axis = n.axisAttribute(0, from.rank());
        long size = from.size(axis);
        return pick(x, from, y, at -> {
            int flat = 0;
            for (int i = 0; i < chosen.rank(); i++) {
                flat = flat * (int) chosen.size(i) + at[axis + i];
            }
            long index = indices[flat];
            if (index < -size || index >= size) {
                throw n.error("index " + index + " is outside of axis " + axis + " of " + from);
            }
            int[] source = new int[from.rank()];
            for (int i = 0; i < source.length; i++) {
                source[i] = i < axis ? at[i] : i > axis ? at[i - 1 + chosen.rank()] : (int) Math.floorMod(index, size);
            }
            return source;
        });
    }

    /** Sets the elements of every output. */
    static void split(ShapeContext n) {
        List<Dim> x = n.elements(0);
        int start = 0;
        for (Value part : n.node().outputs()) {
            if (x == null || part == null || !KnownElements.isSmall(part.shape())) {
                return;
            }
            int axis = n.axisAttribute(0, part.shape().rank());
            int offset = start;
            part.setElements(pick(x, n.shape(0), part.shape(), at -> {
                at[axis] += offset;
                return at;
            }));
            start += (int) part.shape().size(axis);
        }
    }

    /** The elements of an input after broadcasting. */
    static List<Dim> spread(ShapeContext n, int input, Shape y) {
        List<Dim> x = n.elements(input);
        Shape from = n.shape(input);
        if (x == null || from == null || from.equals(y)) {
            return x;
        }
        return pick(x, from, y, at -> {
            int[] source = new int[from.rank()];
            for (int i = 0; i < source.length; i++) {
                source[i] = from.dim(i).is(1) ? 0 : at[i + y.rank() - from.rank()];
            }
            return source;
        });
    }
}
