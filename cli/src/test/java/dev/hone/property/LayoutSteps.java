package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Steps that move elements and keep them as they are. */
final class LayoutSteps {
    static final List<Step> ALL = List.of(
            LayoutSteps::reshape,
            LayoutSteps::reshape,
            LayoutSteps::reshapeAtRunTime,
            LayoutSteps::transpose,
            LayoutSteps::transpose,
            LayoutSteps::flatten,
            LayoutSteps::squeeze,
            LayoutSteps::unsqueeze,
            LayoutSteps::expand,
            LayoutSteps::tile,
            LayoutSteps::slice,
            LayoutSteps::slice,
            LayoutSteps::split,
            LayoutSteps::concat,
            LayoutSteps::concat,
            LayoutSteps::pad,
            IndexSteps::gather,
            IndexSteps::gatherElements,
            IndexSteps::scatter,
            IndexSteps::topK,
            LayoutSteps::blocks,
            LayoutSteps::triangle,
            IndexSteps::oneHot);

    private LayoutSteps() {}

    static Value moved(Chain c) {
        return c.pick(v -> v.type() != ElementType.BOOL && Tensor.count(Chain.dims(v)) > 0);
    }

    static Value moved(Chain c, int leastRank) {
        return c.pick(v -> v.type() != ElementType.BOOL && Chain.rank(v) >= leastRank);
    }

    private static boolean reshape(Chain c) {
        Value x = moved(c);
        if (x == null) {
            return false;
        }
        long[] dims = factors(c, Tensor.count(Chain.dims(x)));
        if (c.choices.oneIn(3) && dims.length > 0) {
            dims[c.below(dims.length)] = -1;
        } else if (c.choices.oneIn(3) && dims.length > 0 && Chain.rank(x) > 0 && dims[0] == Chain.dims(x)[0]) {
            dims[0] = 0;
        }
        return c.keep(c.op("Reshape", x, c.o.vector(dims)), x);
    }

    /** Some dimensions with a given product. */
    private static long[] factors(Chain c, long count) {
        List<Long> dims = new ArrayList<>();
        long left = count;
        for (int i = 0; i < 3 && left > 1; i++) {
            long rest = left;
            List<Long> divisors = IntStream.rangeClosed(1, (int) Math.min(left, 64))
                    .mapToObj(n -> (long) n)
                    .filter(n -> rest % n == 0)
                    .toList();
            long dim = divisors.get(divisors.size() - 1 - c.below(divisors.size()));
            dims.add(dim);
            left /= dim;
        }
        if (left > 1 || dims.isEmpty()) {
            dims.add(left);
        }
        return dims.stream().mapToLong(d -> d).toArray();
    }

    /** As PyTorch writes view(x.size(0), -1): the target is computed from the shape. */
    private static boolean reshapeAtRunTime(Chain c) {
        Value x = moved(c, 2);
        if (x == null) {
            return false;
        }
        Value first = c.choices.oneIn(2)
                ? c.op(
                        "Unsqueeze",
                        c.op("Gather", Map.of("axis", 0), c.op("Shape", x), c.constant(Tensor.scalar(0L))),
                        c.o.vector(0))
                : c.op("Shape", Map.of("start", 0, "end", 1), x);
        Value target = c.o.concat(0, List.of(first, c.o.vector(-1)));
        Value y = c.op("Reshape", x, target);
        return y.shape() != null && c.keep(y, x);
    }

    private static boolean transpose(Chain c) {
        Value x = moved(c, 2);
        if (x == null) {
            return false;
        }
        if (c.choices.oneIn(5)) {
            return c.keep(c.op("Transpose", x), x);
        }
        List<Integer> left =
                new ArrayList<>(IntStream.range(0, Chain.rank(x)).boxed().toList());
        long[] perm = new long[left.size()];
        for (int i = 0; i < perm.length; i++) {
            perm[i] = left.remove(left.size() - 1 - c.below(left.size()));
        }
        return c.keep(c.o.transpose(x, perm), x);
    }

    private static boolean flatten(Chain c) {
        Value x = moved(c, 1);
        return x != null
                && c.keep(c.op("Flatten", Map.of("axis", c.signed(c.below(Chain.rank(x)), Chain.rank(x))), x), x);
    }

    private static boolean squeeze(Chain c) {
        Value x = c.pick(
                v -> v.type() != ElementType.BOOL && v.shape().dims().stream().anyMatch(d -> d.is(1)));
        if (x == null) {
            return false;
        }
        long[] ones = IntStream.range(0, Chain.rank(x))
                .filter(i -> Chain.dims(x)[i] == 1)
                .mapToLong(i -> i)
                .toArray();
        return c.keep(c.choices.oneIn(4) ? c.op("Squeeze", x) : c.o.squeeze(x, ones[c.below(ones.length)]), x);
    }

    private static boolean unsqueeze(Chain c) {
        Value x = c.pick(v -> v.type() != ElementType.BOOL && Chain.rank(v) < 4);
        int rank = x == null ? 0 : Chain.rank(x) + 1;
        return x != null && c.keep(c.o.unsqueeze(x, c.signed(c.below(rank), rank)), x);
    }

    private static boolean expand(Chain c) {
        Value x = moved(c);
        if (x == null) {
            return false;
        }
        long[] dims = Chain.dims(x);
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == 1 ? 1 + c.below(3) : c.choices.oneIn(4) ? 1 : dims[i];
        }
        if (c.choices.oneIn(3) && dims.length < 4) {
            long[] longer = new long[dims.length + 1];
            System.arraycopy(dims, 0, longer, 1, dims.length);
            longer[0] = c.choices.of(1, 2);
            dims = longer;
        }
        return Chain.fits(dims)
                && 2 * Tensor.count(Chain.dims(x)) < Chain.LARGEST
                && c.keep(c.op("Expand", x, c.o.vector(dims)), x);
    }

    private static boolean tile(Chain c) {
        Value x = moved(c, 1);
        if (x == null) {
            return false;
        }
        long[] repeats = new long[Chain.rank(x)];
        java.util.Arrays.fill(repeats, 1);
        repeats[c.axis(x)] = c.choices.of(2, 1, 3);
        return Tensor.count(Chain.dims(x)) * 3 < Chain.LARGEST && c.keep(c.op("Tile", x, c.o.vector(repeats)), x);
    }

    private static boolean slice(Chain c) {
        Value x = moved(c, 1);
        if (x == null) {
            return false;
        }
        int axis = c.axis(x);
        long size = Chain.dims(x)[axis];
        long start = c.below((int) size);
        long length = 1L + c.below((int) (size - start));
        long step = c.choices.of(1, 2, -1);
        long from = step < 0 ? start + length - 1 : start;
        long to = step < 0
                ? start == 0 ? Long.MIN_VALUE : start - 1
                : start + length == size && c.choices.oneIn(2) ? Long.MAX_VALUE : start + length;
        if (step > 0 && c.choices.oneIn(3)) {
            from -= size;
        }
        return c.keep(c.o.slice(x, c.signed(axis, Chain.rank(x)), from, to, step), x);
    }

    private static boolean split(Chain c) {
        Value x = c.pick(
                v -> v.type() != ElementType.BOOL && v.shape().dims().stream().anyMatch(d -> d.constant() > 1));
        if (x == null) {
            return false;
        }
        int axis = c.axis(x);
        long size = Chain.dims(x)[axis];
        if (size < 2) {
            return false;
        }
        Node node;
        if (c.choices.oneIn(2)) {
            node = c.o.node("", "Split", Map.of("axis", axis, "num_outputs", 2), 2, x);
        } else {
            long first = 1L + c.below((int) size - 1);
            node = c.o.node("", "Split", Map.of("axis", axis), 2, x, c.o.vector(first, size - first));
        }
        boolean both = !c.choices.oneIn(3);
        boolean kept = c.keep(node.output(0), x);
        return both ? c.keep(node.output(1), x) && kept : kept;
    }

    private static boolean concat(Chain c) {
        Value x = moved(c, 1);
        if (x == null) {
            return false;
        }
        int axis = c.axis(x);
        List<Value> parts = new ArrayList<>(List.of(x));
        Value other = c.pick(v -> v.type() == x.type() && joins(Chain.dims(x), Chain.dims(v), axis));
        parts.add(other == null || c.choices.oneIn(3) ? c.constant(c.random(x.type(), Chain.dims(x))) : other);
        boolean exact = parts.stream().allMatch(c::isExact);
        long count = parts.stream().mapToLong(v -> Tensor.count(Chain.dims(v))).sum();
        return count <= Chain.LARGEST
                && c.keep(
                        c.op("Concat", Map.of("axis", c.signed(axis, Chain.rank(x))), parts.toArray(Value[]::new)),
                        exact);
    }

    private static boolean joins(long[] a, long[] b, int axis) {
        return a.length == b.length && IntStream.range(0, a.length).allMatch(i -> i == axis || a[i] == b[i]);
    }

    private static boolean pad(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) > 0);
        if (x == null) {
            return false;
        }
        int rank = Chain.rank(x);
        long[] dims = Chain.dims(x);
        String mode = c.choices.of("constant", "edge", "reflect", "wrap");
        long[] pads = new long[2 * rank];
        for (int i = 0; i < 2; i++) {
            int axis = c.axis(x);
            if (dims[axis] > 2) {
                pads[axis + (c.choices.oneIn(2) ? rank : 0)] =
                        1L + c.below(mode.equals("constant") && c.choices.oneIn(3) ? 3 : 2);
            }
        }
        if (mode.equals("constant") && c.choices.oneIn(4)) {
            // Crops.
            int axis = c.axis(x);
            pads[axis] = dims[axis] > 3 ? -1 : pads[axis];
        }
        for (int i = 0; i < rank; i++) {
            dims[i] += pads[i] + pads[i + rank];
        }
        if (!Chain.fits(dims)) {
            return false;
        }
        Value with = c.choices.oneIn(2) && mode.equals("constant") ? c.scalar(c.real, c.choices.of(0.0, 1.5)) : null;
        Value y = with == null
                ? c.op("Pad", Map.of("mode", mode), x, c.o.vector(pads))
                : c.op("Pad", Map.of("mode", mode), x, c.o.vector(pads), with);
        return c.keep(y, x);
    }

    private static boolean blocks(Chain c) {
        Value x = c.pick(v -> v.type() == c.real && Chain.rank(v) == 4);
        if (x == null) {
            return false;
        }
        long[] dims = Chain.dims(x);
        if (dims[1] % 4 == 0 && c.choices.oneIn(2)) {
            return c.keep(c.op("DepthToSpace", Map.of("blocksize", 2, "mode", c.choices.of("DCR", "CRD")), x), x);
        }
        return dims[2] % 2 == 0 && dims[3] % 2 == 0 && c.keep(c.op("SpaceToDepth", Map.of("blocksize", 2), x), x);
    }

    private static boolean triangle(Chain c) {
        Value x = c.real(2);
        return x != null && c.keep(c.op("Trilu", Map.of("upper", c.choices.of(1, 0)), x), x);
    }
}
