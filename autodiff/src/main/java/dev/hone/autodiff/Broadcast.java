package dev.hone.autodiff;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The adjoint of broadcasting: sums over the axes along which a value was repeated. */
final class Broadcast {
    private Broadcast() {}

    static boolean sameShape(Value a, Value b) {
        return a.shape() != null && a.shape().equals(b.shape());
    }

    /** Sums a gradient to the shape of the input that was broadcast; decided at run time if shapes are unknown. */
    static Value reduceTo(Ops o, Value gradient, Value input) {
        Shape from = gradient.shape();
        Shape to = input.shape();
        if (from == null || to == null || to.rank() > from.rank()) {
            return reduceAtRunTime(o, gradient, input);
        }
        int extra = from.rank() - to.rank();
        List<Long> axes = new ArrayList<>();
        for (int i = 0; i < from.rank(); i++) {
            Dim was = i < extra ? Dim.ONE : to.dim(i - extra);
            if (was.equals(from.dim(i)) && i >= extra) {
                continue;
            } else if (was.is(1)) {
                axes.add((long) i);
            } else {
                return reduceAtRunTime(o, gradient, input);
            }
        }
        if (axes.isEmpty()) {
            return gradient;
        }
        Value sum = o.reduceSum(
                gradient, extra == 0, axes.stream().mapToLong(Long::longValue).toArray());
        return extra == 0 || to.rank() == from.rank() - axes.size() ? sum : o.reshapeLike(sum, input);
    }

    private static Value reduceAtRunTime(Ops o, Value gradient, Value input) {
        Value from = o.op("Shape", gradient);
        Value to = o.op("Shape", input);
        // Prepend ones to the input's shape until it has the rank of the gradient.
        Value missing = o.sub(o.op("Shape", from), o.op("Shape", to));
        Value ones = o.op("ConstantOfShape", Map.of("value", Tensor.filled(ElementType.INT64, 1, 1)), missing);
        Value padded = o.op("Concat", Map.of("axis", 0), ones, to);
        Value differs = o.op("Not", o.op("Equal", from, padded));
        // An axis in front is always summed over: with none, the runtime reduces empty tensors to one element.
        Value axes = o.add(o.op("Reshape", o.op("NonZero", differs), o.vector(-1)), o.constant(Tensor.scalar(1L)));
        Value sum = o.op(
                "ReduceSum", Map.of("keepdims", 1), o.unsqueeze(gradient, 0), o.concat(0, List.of(o.vector(0), axes)));
        return o.reshapeLike(sum, input);
    }
}
