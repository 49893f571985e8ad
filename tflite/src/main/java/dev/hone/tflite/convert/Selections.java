package dev.hone.tflite.convert;

import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that take some of the elements. */
final class Selections {
    /** A slice to the end of an axis, whatever its size. */
    private static final long END = Long.MAX_VALUE;

    private Selections() {}

    static void register(Map<String, Rule> table) {
        table.put("SLICE", Selections::slice);
        table.put("STRIDED_SLICE", Selections::stridedSlice);
        table.put("SPLIT", Selections::split);
        table.put("SPLIT_V", c -> split(c, c.axis(0, c.integers(2)[0]), c.integers(1)));
        table.put("UNPACK", Selections::unpack);
        table.put("GATHER", Selections::gather);
        table.put("GATHER_ND", c -> c.put(0, c.ops().op("GatherND", c.input(0), c.input(1))));
        table.put("REVERSE_V2", Selections::reverse);
        table.put("TOPK_V2", Selections::topK);
    }

    /** From a place on, so many elements; -1 for all to the end. */
    private static void slice(OperatorContext c) {
        long[] begin = c.integers(1);
        long[] size = c.integers(2);
        int rank = c.rank(0);
        if (begin.length != rank || size.length != rank) {
            throw c.damaged("a slice of " + begin.length + " axes of " + rank);
        }
        boolean image = c.isImage(0);
        Value y = image ? c.image(0) : c.input(0);
        for (int i = 0; i < rank; i++) {
            if (begin[i] < 0 || size[i] < -1) {
                throw c.damaged("a slice from " + begin[i] + " of " + size[i]);
            }
            if (size[i] != -1 && begin[i] == 0 && isAll(c, i, size[i])) {
                continue;
            }
            if (begin[i] != 0 || size[i] != -1) {
                if (size[i] != -1) {
                    c.size(0, i);
                }
                y = c.ops()
                        .slice(
                                y,
                                image ? ImageOrder.place(i) : i,
                                begin[i],
                                size[i] == -1 ? END : begin[i] + size[i],
                                1);
            }
        }
        c.put(0, y, image);
    }

    /** Whether a number of elements is all of an axis at the sizes of the file; it then stays all of it. */
    private static boolean isAll(OperatorContext c, int axis, long size) {
        return size == c.tensor(0).shape()[axis];
    }

    private static boolean bit(int mask, int index) {
        return (mask >> index & 1) != 0;
    }

    /**
     * {@code x[begin:end:stride, ...]} as in Python: bits of masks say where begin or end do not count, which axis is
     * removed, which is added, and which stands for all axes that are not named.
     */
    private static void stridedSlice(OperatorContext c) {
        long[] begin = c.integers(1);
        long[] end = c.integers(2);
        long[] strides = c.integers(3);
        if (end.length != begin.length || strides.length != begin.length || begin.length > 2 * ImageOrder.RANK) {
            throw c.damaged("a slice of " + begin.length + ", " + end.length + " and " + strides.length + " axes");
        }
        if (c.flag(5)) {
            throw c.unsupported("ends that count from the beginnings");
        }
        int added = c.option(3, 0);
        int removed = c.option(4, 0);
        boolean image = c.isImage(0) && added == 0 && removed == 0;
        Value y = image ? c.image(0) : c.input(0);
        List<Long> squeezed = new ArrayList<>();
        List<Long> unsqueezed = new ArrayList<>();
        int named = (int) IntStream.range(0, begin.length)
                .filter(i -> !bit(added, i) && !bit(c.option(2, 0), i))
                .count();
        int axis = 0;
        int outAxis = 0;
        for (int i = 0; i < begin.length; i++) {
            if (bit(c.option(2, 0), i)) {
                axis += c.rank(0) - named;
                outAxis += c.rank(0) - named;
                continue;
            }
            if (bit(added, i)) {
                unsqueezed.add((long) outAxis++);
                continue;
            }
            if (axis >= c.rank(0)) {
                throw c.damaged("a slice of more axes than there are");
            }
            boolean isOne = bit(removed, i);
            y = sliced(
                    c,
                    y,
                    new Range(
                            axis,
                            image ? ImageOrder.place(axis) : axis,
                            !isOne && bit(c.option(0, 0), i) ? null : begin[i],
                            isOne ? oneAfter(begin[i]) : bit(c.option(1, 0), i) ? null : (Long) end[i],
                            isOne ? 1 : strides[i]));
            if (isOne) {
                squeezed.add((long) axis);
            } else {
                outAxis++;
            }
            axis++;
        }
        y = squeezed.isEmpty() ? y : c.ops().squeeze(y, numbers(squeezed));
        y = unsqueezed.isEmpty() ? y : c.ops().unsqueeze(y, numbers(unsqueezed));
        c.put(0, y, image);
    }

    private static Long oneAfter(long begin) {
        return begin == -1 ? null : (Long) (begin + 1);
    }

    private static long[] numbers(List<Long> list) {
        return list.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * @param axis in the file's order
     * @param place in the value's order
     * @param begin null for the first element in the direction of the stride
     * @param end null for the last one
     */
    private record Range(int axis, int place, Long begin, Long end, long stride) {}

    private static Value sliced(OperatorContext c, Value x, Range r) {
        if (r.stride() == 0) {
            throw c.damaged("a stride of 0");
        }
        boolean forward = r.stride() > 0;
        long begin = r.begin() == null ? (forward ? 0 : END) : r.begin();
        long end = r.end() == null ? (forward ? END : -END) : r.end();
        boolean isAll = forward
                && r.stride() == 1
                && begin == 0
                && (end == END
                        || r.end() != null && r.end() >= 0 && end >= c.tensor(0).shape()[r.axis()]);
        if (isAll) {
            return x;
        }
        if (r.end() != null || begin < 0) {
            // With another size it would be another part.
            c.size(0, r.axis());
        }
        return c.ops().slice(x, r.place(), begin, end, r.stride());
    }

    private static void split(OperatorContext c) {
        int parts = c.outputs();
        int axis = c.axis(1, c.integers(0)[0]);
        long size = c.size(1, axis);
        if (parts < 1 || size % parts != 0) {
            throw c.damaged(size + " elements for " + parts + " parts");
        }
        long[] sizes = LongStream.generate(() -> size / parts).limit(parts).toArray();
        split(c, 1, axis, sizes);
    }

    private static void split(OperatorContext c, int axis, long[] given) {
        long[] sizes = given.clone();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1) {
                sizes[i] = c.size(0, axis) - Arrays.stream(given).sum() - 1;
            }
        }
        split(c, 0, axis, sizes);
    }

    private static void split(OperatorContext c, int input, int axis, long[] sizes) {
        if (sizes.length != c.outputs() || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
            throw c.damaged("parts of " + Arrays.toString(sizes) + " for " + c.outputs() + " outputs");
        }
        boolean image = c.isImage(input);
        List<Value> parts = c.ops()
                .node(
                        "",
                        "Split",
                        Map.of("axis", image ? ImageOrder.place(axis) : axis),
                        sizes.length,
                        image ? c.image(input) : c.input(input),
                        c.ops().vector(sizes))
                .outputs();
        for (int i = 0; i < sizes.length; i++) {
            c.put(i, parts.get(i), image);
        }
    }

    private static void unpack(OperatorContext c) {
        int axis = c.axis(0, c.option(1, 0));
        for (int i = 0; i < c.outputs(); i++) {
            c.put(i, c.ops().squeeze(c.ops().slice(c.input(0), axis, i, i + 1L, 1), axis));
        }
    }

    private static void gather(OperatorContext c) {
        if (c.option(1, 0) != 0) {
            throw c.unsupported("batch axes");
        }
        int axis = c.axis(0, c.option(0, 0));
        boolean image = c.isImage(0) && c.rank(1) == 1;
        c.put(
                0,
                c.ops()
                        .op(
                                "Gather",
                                Map.of("axis", image ? ImageOrder.place(axis) : axis),
                                image ? c.image(0) : c.input(0),
                                c.input(1)),
                image);
    }

    private static void reverse(OperatorContext c) {
        boolean image = c.isImage(0);
        Value y = image ? c.image(0) : c.input(0);
        for (long axis : c.integers(1)) {
            int place = c.axis(0, axis);
            y = c.ops().slice(y, image ? ImageOrder.place(place) : place, -1, -END, -1);
        }
        c.put(0, y, image);
    }

    private static void topK(OperatorContext c) {
        List<Value> found = c.ops()
                .node("", "TopK", Map.of("axis", -1), 2, c.input(0), c.ops().vector(c.integers(1)[0]))
                .outputs();
        for (int i = 0; i < c.outputs() && i < 2; i++) {
            c.put(i, found.get(i));
        }
    }
}
