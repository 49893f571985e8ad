package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.known;
import static dev.hone.autodiff.Expressions.x;

import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that move, repeat or concatenate elements along axes. */
final class LayoutGradients {
    private LayoutGradients() {}

    static void add(GradientRules r) {
        r.elementwise("Identity", (o, n, dy) -> dy);
        r.same("Reshape", (o, n, dy) -> o.reshapeLike(dy, x(n)));
        r.same("Flatten", (o, n, dy) -> o.reshapeLike(dy, x(n)));
        r.same("Squeeze", (o, n, dy) -> o.reshapeLike(dy, x(n)));
        r.same("Unsqueeze", (o, n, dy) -> o.reshapeLike(dy, x(n)));
        r.same("Transpose", LayoutGradients::transpose);
        r.elementwise("Expand", (o, n, dy) -> dy);
        r.same("Tile", LayoutGradients::tile);
        r.joint("Concat", LayoutGradients::concat);
        r.joint("Split", GradientRules.EVERY_OUTPUT, LayoutGradients::split);
        r.same("Slice", LayoutGradients::slice);
        r.same("Pad", LayoutGradients::pad, null, LayoutGradients::padValue);
        r.same("DepthToSpace", LayoutGradients::depthToSpace);
        r.same("SpaceToDepth", (o, n, dy) -> {
            return o.op("DepthToSpace", Map.of("blocksize", n.intAttribute("blocksize", 1)), dy);
        });
        r.same("Trilu", (o, n, dy) -> o.op("Trilu", Map.of("upper", n.intAttribute("upper", 1)), dy, n.input(1)));
        r.joint("Dropout", LayoutGradients::dropout);
    }

    private static Value transpose(Ops o, Node n, Value dy) {
        long[] perm = n.intsAttribute("perm");
        if (perm == null) {
            return o.op("Transpose", dy);
        }
        long[] inverse = new long[perm.length];
        for (int i = 0; i < perm.length; i++) {
            inverse[(int) perm[i]] = i;
        }
        return o.transpose(dy, inverse);
    }

    /** [r0 d0, r1 d1, ...] as [r0, d0, r1, d1, ...], summed over the repeats. */
    private static Value tile(Ops o, Node n, Value dy) {
        long[] repeats = known(n.input(1));
        Shape shape = x(n).shape();
        if (repeats == null || shape == null || !shape.isConstant()) {
            return DataMovement.scatterBack(o, n, dy);
        }
        long[] split = new long[2 * repeats.length];
        long[] axes = new long[repeats.length];
        for (int i = 0; i < repeats.length; i++) {
            split[2 * i] = repeats[i];
            split[2 * i + 1] = shape.size(i);
            axes[i] = 2L * i;
        }
        return o.reduceSum(o.reshape(dy, split), false, axes);
    }

    private static Value[] concat(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        long axis = n.intAttribute("axis", 0);
        int count = wanted.length;
        Value[] gradients = new Value[count];
        long[] sizes = new long[count];
        boolean constant = true;
        for (int i = 0; i < count; i++) {
            Shape shape = n.input(i).shape();
            constant &= shape != null && shape.dim((int) axis).isConstant();
            sizes[i] = constant ? shape.size((int) axis) : 0;
        }
        if (!constant) {
            Map<String, Object> one = axis == -1 ? Map.of("start", axis) : Map.of("start", axis, "end", axis + 1);
            List<Value> extents = new ArrayList<>();
            for (Value input : n.inputs()) {
                extents.add(o.op("Shape", one, input));
            }
            Node split = o.node("", "Split", Map.of("axis", axis), count, dy.get(0), o.concat(0, extents));
            return split.outputs().toArray(gradients);
        }
        long start = 0;
        for (int i = 0; i < count; i++) {
            if (wanted[i]) {
                gradients[i] = count == 1 ? dy.get(0) : o.slice(dy.get(0), (int) axis, start, start + sizes[i], 1);
            }
            start += sizes[i];
        }
        return gradients;
    }

    private static Value[] split(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < dy.size(); i++) {
            parts.add(dy.get(i) != null ? dy.get(i) : Backward.filledLike(o, n.ensureOutput(i, "split"), 0));
        }
        Value[] gradients = new Value[wanted.length];
        gradients[0] = o.concat((int) n.intAttribute("axis", 0), parts);
        return gradients;
    }

    private static Value slice(Ops o, Node n, Value dy) {
        long[] starts = known(n.input(1));
        long[] ends = known(n.input(2));
        Shape shape = x(n).shape();
        if (starts == null || ends == null || shape == null || (n.input(3) != null && known(n.input(3)) == null)) {
            return DataMovement.scatterBack(o, n, dy);
        }
        int rank = shape.rank();
        long[] axes = n.input(3) == null ? range(starts.length) : known(n.input(3));
        long[] steps = n.input(4) == null ? null : known(n.input(4));
        if (n.input(4) != null && steps == null) {
            return DataMovement.scatterBack(o, n, dy);
        }
        long[] before = new long[rank];
        long[] after = new long[rank];
        Value gradient = dy;
        for (int i = 0; i < starts.length; i++) {
            int axis = (int) (axes[i] < 0 ? axes[i] + rank : axes[i]);
            Dim extent = shape.dim(axis);
            long step = steps == null ? 1 : steps[i];
            if (!extent.isConstant()) {
                return DataMovement.scatterBack(o, n, dy);
            }
            long size = extent.constant();
            long start = clampStart(starts[i], size, step);
            long end = clampEnd(ends[i], size, step);
            long count = Math.max(
                    0, step > 0 ? Expressions.ceilDiv(end - start, step) : Expressions.ceilDiv(start - end, -step));
            if (count == 0) {
                return Backward.filledLike(o, x(n), 0);
            }
            long first = step > 0 ? start : start + (count - 1) * step;
            long stride = Math.abs(step);
            if (step < 0) {
                gradient = o.slice(gradient, axis, -1, Long.MIN_VALUE, -1);
            }
            if (stride > 1) {
                gradient = DataMovement.spread(o, gradient, axis, stride, count, rank);
            }
            before[axis] = first;
            after[axis] = size - first - (count - 1) * stride - 1;
        }
        return DataMovement.pad(o, gradient, before, after);
    }

    private static long clampStart(long start, long size, long step) {
        long at = start < 0 ? start + size : start;
        return Math.max(0, Math.min(at, step > 0 ? size : size - 1));
    }

    private static long clampEnd(long end, long size, long step) {
        long at = end < 0 ? end + size : end;
        return Math.max(step > 0 ? 0 : -1, Math.min(at, size));
    }

    private static long[] range(int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    /** The gradient of constant padding is cropping, that is, padding by the negative amounts. */
    private static Value pad(Ops o, Node n, Value dy) {
        if (!n.stringAttribute("mode", "constant").equals("constant")) {
            return DataMovement.scatterBack(o, n, dy);
        }
        return o.op("Pad", dy, o.neg(n.input(1)), null, n.input(3));
    }

    private static Value padValue(Ops o, Node n, Value dy) {
        Value inner = pad(o, n, dy);
        Value sum =
                o.sub(o.op("ReduceSum", Map.of("keepdims", 0), dy), o.op("ReduceSum", Map.of("keepdims", 0), inner));
        return o.reshapeLike(sum, n.input(2));
    }

    private static Value depthToSpace(Ops o, Node n, Value dy) {
        long block = n.intAttribute("blocksize", 1);
        Value depth = o.op("SpaceToDepth", Map.of("blocksize", block), dy);
        if (n.stringAttribute("mode", "DCR").equals("DCR")) {
            return depth;
        }
        // [N, b b C, H, W] to [N, C b b, H, W]
        Value parts = o.op("Reshape", depth, o.concat(0, List.of(o.vector(0, block * block, -1), spatial(o, depth))));
        return o.reshapeLike(o.transpose(parts, 0, 2, 1, 3, 4), x(n));
    }

    private static Value spatial(Ops o, Value a) {
        Shape shape = a.shape();
        if (shape != null && shape.dim(2).isConstant() && shape.dim(3).isConstant()) {
            return o.vector(shape.size(2), shape.size(3));
        }
        return o.op("Shape", Map.of("start", 2), a);
    }

    /** The identity in inference; in training, the mask of the forward pass with the same scaling. */
    private static Value[] dropout(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        Value[] gradients = new Value[wanted.length];
        Value training = n.input(2);
        if (training == null || (training.isConstant() && training.constant().scalarLong() == 0)) {
            gradients[0] = dy.get(0);
            return gradients;
        }
        Value mask = n.ensureOutput(1, n.graph().freshName("dropout_mask"));
        mask.setType(dev.hone.core.ElementType.BOOL);
        mask.setShape(n.output().shape());
        Value ratio = n.input(1) == null ? o.constantLike(x(n), 0.5) : o.cast(n.input(1), Expressions.type(x(n)));
        // Scaling applies in training mode only, which may be an input of the graph.
        Value scale = Expressions.where(o, training, Expressions.oneMinus(o, ratio), o.constantLike(ratio, 1));
        gradients[0] = Expressions.onlyWhere(o, mask, o.div(dy.get(0), scale));
        return gradients;
    }
}
