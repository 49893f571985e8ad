package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Gradient of Resize. */
final class ResizeGradients {
    private ResizeGradients() {}

    static void add(GradientRules r) {
        r.same("Resize", ResizeGradients::resize);
    }

    /**
     * Resizing is linear and separable: {@code y = A x} along each axis. The matrix A is the result of the operator for
     * the identity, so every interpolation and coordinate mode is exact; the gradient multiplies by its transpose, one
     * matrix product per resized axis. The runtime computes the matrices once, when the model is loaded.
     */
    private static Value resize(Ops o, Node n, Value dy) {
        Shape from = x(n).shape();
        Shape to = y(n).shape();
        if (n.stringAttribute("coordinate_transformation_mode", "half_pixel").equals("tf_crop_and_resize")) {
            throw new GraphException(n, "has no gradient with coordinate_transformation_mode tf_crop_and_resize");
        }
        if (from == null || to == null || Window.sizes(from) == null || Window.sizes(to) == null) {
            throw new GraphException(n, "the sizes of its input and output must be known to differentiate it");
        }
        float[] scales = scales(n, from, to);
        Value gradient = dy;
        for (int axis = 2; axis < from.rank(); axis++) {
            if (scales[axis] != 1 || !from.dim(axis).equals(to.dim(axis))) {
                gradient = alongAxis(o, n, gradient, axis, from.size(axis), scales[axis], to.size(axis));
            }
        }
        return gradient;
    }

    /** Scales by input axis; derived from the sizes if the node specifies sizes. */
    private static float[] scales(Node n, Shape from, Shape to) {
        float[] scales = new float[from.rank()];
        Arrays.fill(scales, 1);
        Value given = n.input(2);
        boolean known = given != null && given.isConstant() && given.constant().count() > 0;
        long[] axes = n.intsAttribute("axes");
        for (int i = 0; i < from.rank(); i++) {
            if (known && axes == null) {
                scales[i] = given.constant().floats()[i];
            } else if (from.dim(i).isConstant() && to.dim(i).isConstant()) {
                scales[i] = (float) to.size(i) / from.size(i);
            }
        }
        if (known && axes != null) {
            for (int i = 0; i < axes.length; i++) {
                scales[(int) (axes[i] < 0 ? axes[i] + from.rank() : axes[i])] =
                        given.constant().floats()[i];
            }
        }
        return scales;
    }

    private static Value alongAxis(Ops o, Node n, Value dy, int axis, long extent, float scale, long target) {
        int rank = dy.shape() != null ? dy.shape().rank() : y(n).shape().rank();
        int size = Math.toIntExact(extent);
        float[] eye = new float[size * size];
        for (int i = 0; i < size; i++) {
            eye[i * size + i] = 1;
        }
        // [1, extent, extent, 1]: one channel per element of the axis; the axis keeps its position.
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        dims[1] = extent;
        dims[axis] = extent;
        float[] scales = new float[rank];
        Arrays.fill(scales, 1);
        scales[axis] = scale;
        Map<String, Object> attributes = new HashMap<>(n.attributes());
        attributes.remove("axes");
        attributes.remove("keep_aspect_ratio_policy");
        Value identity = o.constant(Tensor.ofFloats(eye, dims));
        Value factors = o.constant(Tensor.ofFloats(scales, rank));
        Value matrix = o.reshape(o.op("Resize", attributes, identity, null, factors), extent, target);
        matrix = o.cast(matrix, Expressions.type(dy));
        if (axis == rank - 1) {
            return o.matmul(dy, o.transpose(matrix, 1, 0));
        }
        if (axis == rank - 2) {
            return o.matmul(matrix, dy);
        }
        long[] swap = new long[rank];
        for (int i = 0; i < rank; i++) {
            swap[i] = i;
        }
        swap[axis] = rank - 1L;
        swap[rank - 1] = axis;
        return o.transpose(o.matmul(o.transpose(dy, swap), o.transpose(matrix, 1, 0)), swap);
    }
}
