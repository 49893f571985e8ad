package dev.hone.autodiff;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Adjoints of operators that only copy elements, and helpers for padding and scattering. */
final class DataMovement {
    private DataMovement() {}

    /**
     * The gradient of any operator whose output elements are copies of elements of its first input. Running the
     * operator on element indices gives the source of every output element, where the gradient is added. Slower than a
     * direct form, but independent of shapes.
     */
    static Value scatterBack(Ops o, Node n, Value dy) {
        Value x = n.input(0);
        Value shape = o.shapeOf(x);
        Value zero = o.constant(Tensor.scalar(0L));
        Value numbers = o.op("Range", zero, o.op("Size", x), o.constant(Tensor.scalar(1L)));
        Value[] inputs = n.inputs().toArray(Value[]::new);
        inputs[0] = o.op("Reshape", numbers, shape);
        if (n.is("Pad") && inputs.length > 2) {
            inputs[2] = null;
        }
        Value sources = o.node("", n.op(), n.attributes(), 1, inputs).output();
        return scatterFlat(o, x, o.reshape(sources, -1), o.reshape(dy, -1));
    }

    /** Zeros of the shape of {@code like}, plus updates added at flat (row-major) indices. */
    static Value scatterFlat(Ops o, Value like, Value sources, Value updates) {
        Tensor zero = Tensor.filled(Expressions.type(like), 0, 1);
        Value flat = o.op("ConstantOfShape", Map.of("value", zero), o.reshape(o.op("Size", like), 1));
        Value sum = o.op("ScatterElements", Map.of("axis", 0, "reduction", "add"), flat, sources, updates);
        return o.reshapeLike(sum, like);
    }

    static Value zerosLike(Ops o, Value like) {
        return Backward.filledLike(o, like, 0);
    }

    /** Pads a value with zeros; returns it unchanged if no axis is padded. */
    static Value pad(Ops o, Value a, long[] before, long[] after) {
        if (Arrays.stream(before).allMatch(p -> p == 0) && Arrays.stream(after).allMatch(p -> p == 0)) {
            return a;
        }
        long[] pads = Arrays.copyOf(before, 2 * before.length);
        System.arraycopy(after, 0, pads, before.length, after.length);
        return o.op("Pad", a, o.vector(pads));
    }

    /** Inserts {@code stride - 1} zeros between neighbors along an axis of extent {@code count}. */
    static Value spread(Ops o, Value a, int axis, long stride, long count, int rank) {
        Value apart = o.unsqueeze(a, axis + 1);
        long[] none = new long[rank + 1];
        long[] after = new long[rank + 1];
        after[axis + 1] = stride - 1;
        Value padded = pad(o, apart, none, after);
        Value joined = joinAxes(o, padded, axis, count * stride, rank);
        return o.slice(joined, axis, 0, (count - 1) * stride + 1, 1);
    }

    /** Merges an axis with the next one. */
    private static Value joinAxes(Ops o, Value a, int axis, long extent, int rank) {
        List<Value> dims = new ArrayList<>();
        if (axis > 0) {
            dims.add(o.op("Shape", Map.of("start", 0, "end", axis), a));
        }
        dims.add(o.vector(extent));
        if (axis + 1 < rank) {
            dims.add(o.op("Shape", Map.of("start", axis + 2), a));
        }
        return o.op("Reshape", a, o.concat(0, dims));
    }
}
