package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Sizes as int64 vectors, which are constants where they are known and read at run time otherwise. */
final class Sizes {
    private Sizes() {}

    /** One dimension, as a vector of one element. */
    static Value of(Ops o, Value a, int axis) {
        if (a.shape() != null && a.shape().dim(axis).isConstant()) {
            return o.vector(a.shape().size(axis));
        }
        Map<String, Object> attributes = new LinkedHashMap<>(Map.of("start", axis));
        if (axis != -1) {
            attributes.put("end", axis + 1);
        }
        return o.op("Shape", attributes, a);
    }

    /** One dimension as a scalar. */
    static Value scalar(Ops o, Value a, int axis) {
        Value size = of(o, a, axis);
        return size.isConstant()
                ? o.constant(Tensor.scalar(size.constant().longs()[0]))
                : o.op("Squeeze", size, o.vector(0));
    }

    /** A target shape from vectors of one element. */
    static Value join(Ops o, Value... sizes) {
        if (Arrays.stream(sizes).allMatch(Value::isConstant)) {
            return o.vector(Arrays.stream(sizes)
                    .flatMapToLong(size -> Arrays.stream(size.constant().longs()))
                    .toArray());
        }
        return o.concat(0, List.of(sizes));
    }

    static Value reshape(Ops o, Value a, Value... sizes) {
        return o.op("Reshape", a, join(o, sizes));
    }

    /** The integers 0, 1, ... below a dimension of a value, as a vector. */
    static Value range(Ops o, Value a, int axis) {
        return o.op("Range", o.constant(Tensor.scalar(0L)), scalar(o, a, axis), o.constant(Tensor.scalar(1L)));
    }

    /**
     * The axes from a first one to the last, as an int64 vector.
     *
     * @param first from 0 on, or negative to count from the end
     */
    static Value axesFrom(Ops o, Value a, long first) {
        List<Long> axes = new ArrayList<>();
        if (first < 0) {
            for (long axis = first; axis < 0; axis++) {
                axes.add(axis);
            }
        } else if (a.shape() != null) {
            for (long axis = first; axis < a.shape().rank(); axis++) {
                axes.add(axis);
            }
        } else {
            Value rank = o.op("Squeeze", o.op("Shape", o.op("Shape", a)), o.vector(0));
            return o.op("Range", o.constant(Tensor.scalar(first)), rank, o.constant(Tensor.scalar(1L)));
        }
        return o.vector(axes.stream().mapToLong(Long::longValue).toArray());
    }

    /** The value with a rank that the operator prescribes, even if inference found none. */
    static Value ranked(Ops o, Value a, int rank) {
        if (a == null || a.shape() != null) {
            return a;
        }
        return o.op("Identity", a)
                .setShape(new Shape(Stream.generate(Dim::unknown).limit(rank).toList()));
    }

    static ElementType type(Value a) {
        return a.type() == null ? ElementType.FLOAT : a.type();
    }
}
