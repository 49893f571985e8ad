package dev.hone.tflite.convert;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that put elements in other places or add some, without choosing among them. */
final class Layouts {
    private Layouts() {}

    static void register(Map<String, Rule> table) {
        table.put("RESHAPE", Layouts::reshape);
        table.put("SQUEEZE", Layouts::squeeze);
        table.put(
                "EXPAND_DIMS",
                c -> c.put(0, c.ops().unsqueeze(c.input(0), c.axisOfRank(c.integers(1)[0], c.rank(0) + 1))));
        table.put("TRANSPOSE", c -> c.put(0, c.permuted(c.input(0), permutation(c))));
        table.put("CONCATENATION", Layouts::concatenation);
        table.put("PACK", Layouts::pack);
        table.put("PAD", c -> pad(c, "constant", null));
        table.put("PADV2", c -> pad(c, "constant", c.constant(2)));
        table.put("MIRROR_PAD", Layouts::mirrorPad);
        table.put(
                "DEPTH_TO_SPACE",
                c -> c.putImage(
                        0, c.ops().op("DepthToSpace", Map.of("blocksize", block(c), "mode", "DCR"), c.image(0))));
        table.put(
                "SPACE_TO_DEPTH",
                c -> c.putImage(0, c.ops().op("SpaceToDepth", Map.of("blocksize", block(c)), c.image(0))));
        table.put("TILE", c -> c.put(0, c.ops().op("Tile", c.input(0), c.ops().vector(c.integers(1)))));
        table.put("BROADCAST_TO", c -> c.put(0, c.ops().op("Expand", c.input(0), c.input(1))));
        table.put("SHAPE", c -> c.put(0, c.ops().shapeOf(c.input(0))));
        table.put("ZEROS_LIKE", c -> c.put(0, c.ops().mul(c.input(0), 0)));
        table.put("FILL", c -> c.put(0, c.ops().op("Expand", c.input(1), c.input(0))));
    }

    private static int block(OperatorContext c) {
        int size = c.option(0, 0);
        if (size < 1 || size > 1 << 10) {
            throw c.damaged("blocks of " + size);
        }
        return size;
    }

    // ---- reshaping

    private static void reshape(OperatorContext c) {
        long[] target;
        if (c.has(1) && c.isKnown(1)) {
            target = c.integers(1);
        } else if (c.has(1) && c.rank(1) == 1) {
            c.put(0, c.ops().op("Reshape", Map.of("allowzero", 1), c.inAnyOrder(0), c.input(1)));
            return;
        } else {
            target = c.optionIntegers(0);
        }
        if (Arrays.stream(target).anyMatch(size -> size < -1)
                || Arrays.stream(target).filter(size -> size == -1).count() > 1) {
            throw c.damaged("the shape " + Arrays.toString(target));
        }
        Value x = c.inAnyOrder(0);
        Shape from = c.shape(0);
        boolean isOpen = from != null && !from.isConstant();
        long[] written = isOpen ? opened(c, from, target) : target;
        c.put(
                0,
                c.ops()
                        .op(
                                "Reshape",
                                Map.of("allowzero", isOpen ? 0 : 1),
                                x,
                                c.ops().vector(written)));
    }

    /**
     * A target for a shape with open sizes, of a target for the sizes of the file. A size that is open at the first axis stays
     * there (0 in the result); one more size becomes open (-1) where exactly one can.
     */
    private static long[] opened(OperatorContext c, Shape from, long[] target) {
        long[] result = target.clone();
        Dim rest = from.elements();
        boolean keepsFirst = result.length > 0
                && from.rank() > 0
                && !from.dim(0).isConstant()
                && (result[0] == c.tensor(0).shape()[0] || result[0] == -1 && !hasOther(result, -1, 0));
        int first = 0;
        if (keepsFirst) {
            rest = new Shape(from.dims().subList(1, from.rank())).elements();
            result[0] = 0;
            first = 1;
        }
        int open = -1;
        for (int i = first; i < result.length; i++) {
            if (target[i] == 0) {
                throw c.needsSizes("a size of 0");
            }
            if (target[i] == -1) {
                return result;
            }
        }
        long known = Arrays.stream(target).skip(first).reduce(1, (a, b) -> a * b);
        if (rest.is(known)) {
            return result;
        }
        for (int i = first; i < result.length; i++) {
            Dim size = rest.floorDiv(known / target[i]);
            if (!size.isConstant() && size.times(known / target[i]).equals(rest)) {
                if (open >= 0) {
                    throw c.needsSizes("a shape in which more than one size could be the open one");
                }
                open = i;
            }
        }
        if (open < 0) {
            throw c.needsSizes("a shape that fits the sizes of the file only");
        }
        result[open] = -1;
        return result;
    }

    private static boolean hasOther(long[] values, long value, int except) {
        return IntStream.range(0, values.length).anyMatch(i -> i != except && values[i] == value);
    }

    private static void squeeze(OperatorContext c) {
        long[] given = c.optionIntegers(0);
        boolean[] gone = new boolean[c.rank(0)];
        if (given.length == 0) {
            for (int i = 0; i < gone.length; i++) {
                gone[i] = c.tensor(0).shape()[i] == 1;
            }
        }
        for (long axis : given) {
            gone[c.axis(0, axis)] = true;
        }
        Shape shape = c.shape(0);
        for (int i = 0; i < gone.length; i++) {
            if (gone[i] && shape != null && !shape.dim(i).is(1)) {
                throw c.needsSizes("an axis to be removed of the size " + shape.dim(i));
            }
        }
        boolean image = c.isImage(0) && ImageOrder.keepsOrder(gone);
        long[] axes = IntStream.range(0, gone.length)
                .filter(i -> gone[i])
                .map(i -> image ? ImageOrder.place(i) : i)
                .sorted()
                .asLongStream()
                .toArray();
        Value x = image ? c.image(0) : c.input(0);
        c.put(0, axes.length == 0 ? x : c.ops().squeeze(x, axes), image && axes.length == 0);
    }

    private static int[] permutation(OperatorContext c) {
        long[] given = c.integers(1);
        long[] sorted = given.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.range(0, c.rank(0)).asLongStream().toArray())) {
            throw c.damaged("the permutation " + Arrays.toString(given));
        }
        return Arrays.stream(given).mapToInt(axis -> (int) axis).toArray();
    }

    // ---- joining

    private static void concatenation(OperatorContext c) {
        OperatorContext.Aligned parts = c.aligned(IntStream.range(0, c.inputs()).toArray());
        int axis = c.axis(0, c.option(0, 0));
        Value joined = c.ops()
                .op(
                        "Concat",
                        Map.of("axis", parts.areImages() ? ImageOrder.place(axis) : axis),
                        parts.values().toArray(Value[]::new));
        c.put(0, Activations.fused(c, 1, joined), parts.areImages());
    }

    private static void pack(OperatorContext c) {
        int axis = c.axisOfRank(c.option(1, 0), c.rank(0) + 1);
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < c.inputs(); i++) {
            parts.add(c.ops().unsqueeze(c.input(i), axis));
        }
        c.put(0, c.ops().concat(axis, parts));
    }

    // ---- padding

    private static void mirrorPad(OperatorContext c) {
        if (c.choice(0) != 0) {
            long[] sizes = c.integers(1);
            for (int i = 0; i < sizes.length; i++) {
                if (sizes[i] > 1) {
                    throw c.unsupported("a symmetric border wider than a pixel");
                }
            }
        }
        // A border that repeats the outermost element is one of edge elements, if it is one element wide.
        pad(c, c.choice(0) == 0 ? "reflect" : "edge", null);
    }

    /** OpenSizes are [axes, 2]: elements before and after. */
    private static void pad(OperatorContext c, String mode, Tensor value) {
        long[] sizes = c.integers(1);
        int rank = c.rank(0);
        if (sizes.length != 2 * rank || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
            throw c.damaged("paddings " + Arrays.toString(sizes));
        }
        boolean image = c.isImage(0);
        long[] pads = new long[2 * rank];
        for (int i = 0; i < rank; i++) {
            int place = image ? ImageOrder.place(i) : i;
            pads[place] = sizes[2 * i];
            pads[place + rank] = sizes[2 * i + 1];
        }
        Value x = image ? c.image(0) : c.input(0);
        Value y = value == null
                ? c.ops().op("Pad", Map.of("mode", mode), x, c.ops().vector(pads))
                : c.ops()
                        .op(
                                "Pad",
                                Map.of("mode", mode),
                                x,
                                c.ops().vector(pads),
                                c.ops().constant(value.reshape().to(x.type() == null ? ElementType.FLOAT : x.type())));
        c.put(0, y, image);
    }
}
