package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Map;

/** Steps that look elements up, put them or sort them, by index. */
final class IndexSteps {
    private IndexSteps() {}

    private static Tensor indices(Chain c, long size, long... dims) {
        long[] at = new long[(int) Tensor.count(dims)];
        for (int i = 0; i < at.length; i++) {
            at[i] = c.below((int) size) - (c.choices.oneIn(4) ? size : 0);
        }
        return Tensor.ofLongs(at, dims);
    }

    static boolean gather(Chain c) {
        Value x = LayoutSteps.moved(c, 1);
        if (x == null || Tensor.count(Chain.dims(x)) == 0) {
            return false;
        }
        int axis = c.axis(x);
        long[] dims = c.choices.of(new long[] {2}, new long[] {}, new long[] {1, 2});
        Tensor at = indices(c, Chain.dims(x)[axis], dims);
        return Chain.rank(x) + dims.length <= 5
                && 2 * Tensor.count(Chain.dims(x)) < Chain.LARGEST
                && c.keep(c.op("Gather", Map.of("axis", c.signed(axis, Chain.rank(x))), x, c.constant(at)), x);
    }

    static boolean gatherElements(Chain c) {
        Value x = LayoutSteps.moved(c, 1);
        if (x == null) {
            return false;
        }
        int axis = c.axis(x);
        long[] dims = Chain.dims(x);
        long size = dims[axis];
        dims[axis] = 1L + c.below(2);
        Tensor at = c.uniform(ElementType.INT64, 0, size, dims);
        return c.keep(c.op("GatherElements", Map.of("axis", axis), x, c.constant(at)), x);
    }

    static boolean scatter(Chain c) {
        Value x = LayoutSteps.moved(c, 1);
        if (x == null || x.type() == ElementType.INT8) {
            return false;
        }
        long[] dims = Chain.dims(x);
        Value at = c.constant(Tensor.ofLongs(new long[] {dims[0] - 1}, 1, 1));
        dims[0] = 1;
        Value update = c.choices.oneIn(2) ? c.o.slice(x, 0, 0, 1, 1) : c.constant(c.random(x.type(), dims));
        String reduction = c.choices.of("none", "add", "mul");
        return c.keep(
                c.op("ScatterND", Map.of("reduction", reduction), x, at, update),
                reduction.equals("none") && c.isExact(x));
    }

    /** The largest elements; which they are must not depend on rounding. */
    static boolean topK(Chain c) {
        Value x = c.pick(v -> c.isExact(v) && v.type() == c.real && Chain.rank(v) > 0);
        if (x == null) {
            return false;
        }
        int axis = c.axis(x);
        long k = 1L + c.below((int) Chain.dims(x)[axis]);
        Node node = c.o.node("", "TopK", Map.of("axis", axis, "largest", c.choices.of(1, 0)), 2, x, c.o.vector(k));
        c.keep(node.output(0), true);
        return true;
    }

    static boolean oneHot(Chain c) {
        Value x = c.pick(v -> v.type() == ElementType.INT64 && Chain.rank(v) < 3);
        if (x == null) {
            return false;
        }
        Value depth = c.constant(Tensor.scalar(4L));
        return c.keep(c.op("OneHot", x, depth, c.constant(-0.5, 2)), true);
    }
}
