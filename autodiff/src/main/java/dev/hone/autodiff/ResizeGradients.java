package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.rank;
import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Gradient of Resize, which is linear and separable: {@code y = A x} along each axis, A [target, extent]. The matrix A is
 * the result of the operator for the identity, so every interpolation and coordinate mode is exact; the gradient
 * multiplies by its transpose, one matrix product per resized axis. The runtime computes the matrices once, when the
 * model is loaded, if sizes and scales are known.
 */
final class ResizeGradients {
    private ResizeGradients() {}

    static void add(GradientRules r) {
        r.same("Resize", ResizeGradients::resize);
    }

    private static Value resize(Ops o, Node n, Value dy) {
        if (x(n).shape() == null && n.intsAttribute("axes") == null) {
            rankByParameters(n);
        }
        int rank = rank(n, x(n));
        long[] axes = n.intsAttribute("axes");
        int count = axes == null ? rank : axes.length;
        Value gradient = dy;
        for (int k = 0; k < count; k++) {
            int axis = axes == null ? k : Math.toIntExact(axes[k] < 0 ? axes[k] + rank : axes[k]);
            if (!isKept(n, k, axis)) {
                gradient = alongAxis(o, gradient, axis, rank, matrix(o, n, k, count, axis));
            }
        }
        return gradient;
    }

    /** There is a scale or a size for each axis. */
    private static void rankByParameters(Node n) {
        Value each = hasScales(n) ? n.input(2) : n.input(3);
        if (each != null && each.isConstant()) {
            x(n).setShape(new Shape(
                    Stream.generate(Dim::unknown).limit(each.constant().count()).toList()));
        }
    }

    private static boolean crops(Node n) {
        return n.stringAttribute("coordinate_transformation_mode", "half_pixel").equals("tf_crop_and_resize");
    }

    private static float[] knownScales(Node n) {
        Value scales = n.input(2);
        return scales != null && scales.isConstant() && scales.constant().count() > 0
                ? scales.constant().floats()
                : null;
    }

    private static boolean hasScales(Node n) {
        Value scales = n.input(2);
        return scales != null && (!scales.isConstant() || scales.constant().count() > 0);
    }

    /** Whether an axis is known to stay as it is. */
    private static boolean isKept(Node n, int k, int axis) {
        if (crops(n)) {
            return false;
        }
        float[] scales = knownScales(n);
        if (scales != null) {
            return scales[k] == 1;
        }
        Dim from = x(n).shape().dim(axis);
        return !hasScales(n) && y(n).shape() != null && from.equals(y(n).shape().dim(axis));
    }

    /** [target, extent]: the columns of the identity, [1, 1, extent, extent], resized as the axis is. */
    private static Value matrix(Ops o, Node n, int k, int count, int axis) {
        Map<String, Object> attributes = new HashMap<>(n.attributes());
        attributes.remove("axes");
        attributes.remove("keep_aspect_ratio_policy");
        if (crops(n)) {
            // Outside of the image is a constant, which has no gradient.
            attributes.put("extrapolation_value", 0f);
        }
        Value region = crops(n) ? region(o, n, k, count) : null;
        Value extent = extent(o, x(n), axis);
        Value square = o.concat(0, List.of(o.vector(1, 1), extent, extent));
        Value identity = o.op("Reshape", identity(o, n, axis, extent), square);
        Value resized;
        if (hasScales(n) || keepsRatio(n) && !isWhole(n, axis)) {
            resized = o.op("Resize", attributes, identity, region, scales(o, n, k, axis));
        } else {
            Value sizes = o.concat(0, List.of(o.vector(1, 1), extent(o, y(n), axis), extent));
            resized = o.op("Resize", attributes, identity, region, null, sizes);
        }
        return o.cast(o.squeeze(resized, 0, 1), Expressions.type(x(n)));
    }

    private static Value extent(Ops o, Value a, int axis) {
        Shape shape = a.shape();
        return shape != null && shape.dim(axis).isConstant()
                ? o.vector(shape.size(axis))
                : o.op("Shape", Map.of("start", axis, "end", axis + 1), a);
    }

    private static Value identity(Ops o, Node n, int axis, Value extent) {
        Dim dim = x(n).shape().dim(axis);
        if (!dim.isConstant()) {
            Value zero = o.op(
                    "ConstantOfShape",
                    Map.of("value", Tensor.filled(ElementType.FLOAT, 0, 1)),
                    o.concat(0, List.of(extent, extent)));
            return o.op("EyeLike", zero);
        }
        int size = Math.toIntExact(dim.constant());
        float[] eye = new float[Math.multiplyExact(size, size)];
        for (int i = 0; i < size; i++) {
            eye[i * size + i] = 1;
        }
        return o.constant(Tensor.ofFloats(eye, size, size));
    }

    private static Value scales(Ops o, Node n, int k, int axis) {
        float[] known = keepsRatio(n) ? new float[] {commonScale(n, axis)} : knownScales(n);
        if (known != null) {
            return o.constant(Tensor.ofFloats(new float[] {1, 1, known[known.length == 1 ? 0 : k], 1}, 4));
        }
        Value one = o.constant(Tensor.ofFloats(new float[] {1}, 1));
        return o.concat(0, List.of(one, one, o.slice(n.input(2), 0, k, k + 1L, 1), one));
    }

    private static boolean keepsRatio(Node n) {
        return !hasScales(n)
                && !n.stringAttribute("keep_aspect_ratio_policy", "stretch").equals("stretch");
    }

    /** Whether the common scale gives exactly the size of an axis, so that asking for the size is the same. */
    private static boolean isWhole(Node n, int axis) {
        float scale = commonScale(n, axis);
        return scale == (float) y(n).shape().size(axis) / x(n).shape().size(axis);
    }

    /**
     * The one scale of all resized axes, the least or the greatest that the sizes ask for. It is compared in double, as
     * the runtime's shape inference does: a scale of 1.8 makes less than 9 of 5 elements.
     */
    private static float commonScale(Node n, int axis) {
        long[] sizes = Expressions.known(n.input(3));
        Shape from = x(n).shape();
        OptionalLong target = y(n).shape() == null
                ? OptionalLong.empty()
                : y(n).shape().dim(axis).value();
        long[] axes = n.intsAttribute("axes");
        boolean least = n.stringAttribute("keep_aspect_ratio_policy", "stretch").equals("not_larger");
        float scale = least ? Float.POSITIVE_INFINITY : 0;
        boolean known = sizes != null && target.isPresent();
        for (int k = 0; known && k < sizes.length; k++) {
            Dim dim = from.dim(axes == null ? k : (int) axes[k]);
            known = dim.isConstant();
            if (known) {
                float wanted = (float) sizes[k] / dim.constant();
                scale = least ? Math.min(scale, wanted) : Math.max(scale, wanted);
            }
        }
        if (!known
                || (long) ((double) scale * from.size(axis)) != target.getAsLong()
                        && scale != (float) target.getAsLong() / from.size(axis)) {
            throw new GraphException(
                    n,
                    "has a gradient with keep_aspect_ratio_policy only if sizes are known and the scale gives"
                            + " whole sizes; use scales instead");
        }
        return scale;
    }

    /** Starts, then ends, of all axes: those of one axis, and everything of the others. */
    private static Value region(Ops o, Node n, int k, int count) {
        Value region = o.cast(n.input(1), ElementType.FLOAT);
        Value zero = o.constant(Tensor.ofFloats(new float[] {0}, 1));
        Value one = o.constant(Tensor.ofFloats(new float[] {1}, 1));
        Value start = o.slice(region, 0, k, k + 1L, 1);
        Value end = o.slice(region, 0, (long) count + k, (long) count + k + 1, 1);
        return o.concat(0, List.of(zero, zero, start, zero, one, one, end, one));
    }

    /** dx = A^T dy along an axis. */
    private static Value alongAxis(Ops o, Value dy, int axis, int rank, Value matrix) {
        if (axis == rank - 1) {
            return o.matmul(dy, matrix);
        }
        if (axis == rank - 2) {
            return o.matmul(o.transpose(matrix, 1, 0), dy);
        }
        long[] swap = new long[rank];
        for (int i = 0; i < rank; i++) {
            swap[i] = i;
        }
        swap[axis] = rank - 1L;
        swap[rank - 1] = axis;
        return o.transpose(o.matmul(o.transpose(dy, swap), matrix), swap);
    }
}
