package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.known;
import static dev.hone.autodiff.Expressions.rank;
import static dev.hone.autodiff.Expressions.x;

import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators that read by index, and TopK, OneHot, Range. Indices have no gradient. */
final class IndexGradients {
    private IndexGradients() {}

    static void add(GradientRules r) {
        r.same("Gather", IndexGradients::gather);
        r.same("GatherElements", (o, n, dy) -> scatterAdd(o, n, x(n), n.input(1), dy));
        r.same("GatherND", (o, n, dy) -> {
            if (n.intAttribute("batch_dims", 0) != 0) {
                return DataMovement.scatterBack(o, n, dy);
            }
            return o.op("ScatterND", Map.of("reduction", "add"), DataMovement.zerosLike(o, x(n)), n.input(1), dy);
        });
        ScatterGradients.add(r);
        r.same(
                "OneHot",
                (o, n, dy) -> Backward.filledLike(o, n.input(0), 0),
                (o, n, dy) -> Backward.filledLike(o, n.input(1), 0),
                IndexGradients::oneHotValues);
        r.same(
                "Range",
                (o, n, dy) -> o.reshapeLike(sum(o, dy), n.input(0)),
                (o, n, dy) -> Backward.filledLike(o, n.input(1), 0),
                IndexGradients::rangeStep);
        r.joint("TopK", (o, n, dy, wanted) -> {
            Value[] gradients = new Value[wanted.length];
            Value indices = n.ensureOutput(1, n.graph().freshName("topk_indices"));
            gradients[0] = scatterAdd(o, n, x(n), indices, dy.get(0));
            return gradients;
        });
    }

    private static Value sum(Ops o, Value dy) {
        return o.op("ReduceSum", Map.of("keepdims", 0), dy);
    }

    /** The sums over the places with the off value and over those with the on value, [2]. */
    private static Value oneHotValues(Ops o, Node n, Value dy) {
        Value zeroAndOne = o.constant(Tensor.ofLongs(new long[] {0, 1}, 2).to(Expressions.type(dy)));
        Value isOn = o.op("OneHot", n.attributes(), n.input(0), n.input(1), zeroAndOne);
        Value on = sum(o, o.mul(dy, isOn));
        Value off = o.sub(sum(o, dy), on);
        return o.concat(0, List.of(o.reshape(off, 1), o.reshape(on, 1)));
    }

    /** {@code y_i = start + i step} */
    private static Value rangeStep(Ops o, Node n, Value dy) {
        Value zero = o.constant(Tensor.scalar(0L));
        Value numbers = o.op("Range", zero, o.op("Size", dy), o.constant(Tensor.scalar(1L)));
        return o.reshapeLike(sum(o, o.mul(dy, o.cast(numbers, Expressions.type(dy)))), n.input(2));
    }

    private static Value scatterAdd(Ops o, Node n, Value like, Value indices, Value updates) {
        long axis = n.intAttribute("axis", n.is("TopK") ? -1 : 0);
        Map<String, Object> attributes = Map.of("axis", axis, "reduction", "add");
        return o.op("ScatterElements", attributes, DataMovement.zerosLike(o, like), indices, updates);
    }

    /** One constant index: zeros around the slice. Otherwise slices are added at their indices. */
    private static Value gather(Ops o, Node n, Value dy) {
        if (x(n).shape() == null) {
            return DataMovement.scatterBack(o, n, dy);
        }
        int rank = rank(n, x(n));
        int axis = Expressions.axis(n, "axis", 0, rank);
        Dim extent = x(n).shape().dim(axis);
        long[] index = known(n.input(1));
        if (index != null
                && index.length == 1
                && extent.isConstant()
                && n.input(1).shape() != null) {
            long at = index[0] < 0 ? index[0] + extent.constant() : index[0];
            long[] before = new long[rank];
            long[] after = new long[rank];
            before[axis] = at;
            after[axis] = extent.constant() - 1 - at;
            Value one = rank(n, n.input(1)) == 0 ? o.unsqueeze(dy, axis) : dropUnits(o, n, dy, axis);
            return DataMovement.pad(o, one, before, after);
        }
        // dy [x0.., indices.., ..xn] as [x0.., count, ..xn]; the indices repeated over all other axes of it
        Value count = o.reshape(o.op("Size", n.input(1)), 1);
        Value shape = o.shapeOf(x(n));
        Value updatesShape = count;
        if (axis > 0) {
            updatesShape = o.concat(0, List.of(o.slice(shape, 0, 0, axis, 1), updatesShape));
        }
        if (axis + 1 < rank) {
            updatesShape = o.concat(0, List.of(updatesShape, o.slice(shape, 0, axis + 1L, rank, 1)));
        }
        long[] column = new long[rank - axis];
        Arrays.fill(column, 1);
        column[0] = -1;
        Value indices = o.op("Expand", o.reshape(n.input(1), column), updatesShape);
        return scatterAdd(o, n, x(n), indices, o.op("Reshape", dy, updatesShape));
    }

    /** Keeps one of the index axes, all of which have extent 1. */
    private static Value dropUnits(Ops o, Node n, Value dy, int axis) {
        int units = rank(n, n.input(1));
        if (units == 1) {
            return dy;
        }
        long[] axes = new long[units - 1];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = axis + 1L + i;
        }
        return o.squeeze(dy, axes);
    }
}
