package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.rank;
import static dev.hone.autodiff.Expressions.square;
import static dev.hone.autodiff.Expressions.x;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Normalization, and the straight-through estimator of quantization. */
final class NormalizationGradients {
    private NormalizationGradients() {}

    static void add(GradientRules r) {
        r.joint("BatchNormalization", 3, NormalizationGradients::batch);
        r.joint("LayerNormalization", 3, NormalizationGradients::layer);
        r.joint("InstanceNormalization", NormalizationGradients::instance);
        r.joint("GroupNormalization", NormalizationGradients::group);
        // The gradient of a quantized tensor is that of the real numbers it encodes, so these two are inverse to each
        // other.
        r.same("QuantizeLinear", NormalizationGradients::quantize);
        r.same("DequantizeLinear", (o, n, dy) -> dy);
    }

    /** {@code y = (x - mean) scale / sqrt(var + epsilon) + bias}; this method handles given statistics. */
    private static Value[] batch(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        Value dy = dys.get(0);
        if (n.intAttribute("training_mode", 0) == 1) {
            return TrainingBatchNormGradient.gradients(o, n, dys, wanted);
        }
        Value[] gradients = new Value[wanted.length];
        // Without a rank, all is computed of [N, C, H W].
        boolean ranked = x(n).shape() != null;
        Value x = ranked ? x(n) : o.reshape(x(n), 0, 0, -1);
        dy = ranked ? dy : o.reshape(dy, 0, 0, -1);
        int rank = ranked ? x.shape().rank() : 3;
        long[] channels = new long[rank - 1];
        channels[0] = -1;
        Arrays.fill(channels, 1, channels.length, 1);
        long[] others = new long[rank - 1];
        for (int i = 1; i < others.length; i++) {
            others[i] = i + 1L;
        }
        Value variance = o.add(n.input(4), n.floatAttribute("epsilon", 1e-5f));
        Value inverse = o.op("Reciprocal", o.op("Sqrt", variance));
        Value factor = o.mul(n.input(1), inverse);
        if (wanted[0]) {
            Value dx = o.mul(dy, o.reshape(factor, channels));
            gradients[0] = ranked ? dx : o.reshapeLike(dx, x(n));
        }
        if (!(wanted[1] || wanted[2] || wanted[3] || wanted[4])) {
            return gradients;
        }
        Value sum = o.reduceSum(dy, false, others);
        gradients[2] = wanted[2] ? sum : null;
        gradients[3] = wanted[3] ? o.neg(o.mul(sum, factor)) : null;
        if (wanted[1] || wanted[4]) {
            Value centered = o.sub(x, o.reshape(n.input(3), channels));
            Value weighted = o.reduceSum(o.mul(dy, centered), false, others);
            gradients[1] = o.mul(weighted, inverse);
            gradients[4] = o.mul(o.mul(weighted, factor), o.div(o.constantLike(variance, -0.5), variance));
        }
        return gradients;
    }

    /**
     * {@code y = (x - mean) inverse scale + bias}; mean and inverse, the reciprocal of the deviation, are outputs too:
     * {@code dmean/dx = 1 / m}, {@code dinverse/dx = -inverse^2 (x - mean) inverse / m} with m elements per row.
     */
    private static Value[] layer(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        Value axes = lastAxes(o, n);
        Value[] gradients = new Value[wanted.length];
        Normalized normalized = normalize(o, x(n), axes, n.floatAttribute("epsilon", 1e-5f));
        if (wanted[0]) {
            gradients[0] = layerInput(o, n, dys, normalized);
        }
        Value dy = dys.get(0) != null ? dys.get(0) : Backward.filledLike(o, x(n), 0);
        if (wanted[1]) {
            gradients[1] = Broadcast.reduceTo(o, o.mul(dy, normalized.value), n.input(1));
        }
        if (wanted.length > 2 && wanted[2]) {
            gradients[2] = Broadcast.reduceTo(o, dy, n.input(2));
        }
        return gradients;
    }

    private static Value layerInput(Ops o, Node n, List<Value> dys, Normalized normalized) {
        Value sum = dys.get(0) == null ? null : normalized.gradient(o, o.mul(dys.get(0), n.input(1)));
        Value mean = dys.size() > 1 ? dys.get(1) : null;
        if (mean != null) {
            Value each = o.cast(o.div(mean, Expressions.ratio(o, x(n), n.output(1))), Expressions.type(x(n)));
            sum = sum == null ? o.expandLike(each, x(n)) : o.add(sum, each);
        }
        Value inverse = dys.size() > 2 ? dys.get(2) : null;
        if (inverse != null) {
            Value each = o.cast(o.div(inverse, Expressions.ratio(o, x(n), n.output(2))), Expressions.type(x(n)));
            Value slope = o.neg(o.mul(square(o, normalized.inverse), normalized.value));
            Value part = o.mul(slope, each);
            sum = sum == null ? part : o.add(sum, part);
        }
        return sum;
    }

    /** The axes from the attribute's on. */
    private static Value lastAxes(Ops o, Node n) {
        long first = n.intAttribute("axis", -1);
        Shape shape = x(n).shape();
        if (first >= 0 && shape == null) {
            Value rank = o.op("Size", o.op("Shape", x(n)));
            return o.op("Range", o.constant(Tensor.scalar(first)), rank, o.constant(Tensor.scalar(1L)));
        }
        long last = first < 0 ? 0 : shape.rank();
        return o.vector(LongStream.range(first, last).toArray());
    }

    private static Value[] instance(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        return perChannel(o, n, dys.get(0), wanted, 0);
    }

    private static Value[] group(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        return perChannel(o, n, dys.get(0), wanted, n.intAttribute("num_groups", 1));
    }

    /**
     * Statistics over the positions of a channel or of a group of channels; scale and bias per channel. All is computed
     * of [N, C, H W], whatever the rank of x is.
     */
    private static Value[] perChannel(Ops o, Node n, Value dy, boolean[] wanted, long groups) {
        Value[] gradients = new Value[wanted.length];
        Value x = o.reshape(x(n), 0, 0, -1);
        Value d = o.reshape(dy, 0, 0, -1);
        Value rows = groups == 0 ? x : o.reshape(x, 0, groups, -1);
        Normalized normalized = normalize(o, rows, o.vector(2), n.floatAttribute("epsilon", 1e-5f));
        if (wanted[0]) {
            Value scaled = o.mul(d, o.reshape(n.input(1), -1, 1));
            Value along = groups == 0 ? scaled : o.reshape(scaled, 0, groups, -1);
            gradients[0] = o.reshapeLike(normalized.gradient(o, along), x(n));
        }
        if (wanted[1]) {
            gradients[1] = o.reduceSum(o.mul(d, o.reshapeLike(normalized.value, x)), false, 0, 2);
        }
        if (wanted[2]) {
            gradients[2] = o.reduceSum(d, false, 0, 2);
        }
        return gradients;
    }

    /** {@code value = (x - mean) inverse}, where {@code inverse = 1 / sqrt(variance + epsilon)}. */
    private record Normalized(Value value, Value inverse, Value axes) {
        /** {@code dx = inverse (d - mean d - value mean (d value))} */
        Value gradient(Ops o, Value d) {
            Value centered = o.sub(d, mean(o, d, axes));
            Value along = o.mul(value, mean(o, o.mul(d, value), axes));
            return o.mul(inverse, o.sub(centered, along));
        }
    }

    private static Value mean(Ops o, Value a, Value axes) {
        return o.op("ReduceMean", Map.of("keepdims", 1), a, axes);
    }

    private static Normalized normalize(Ops o, Value x, Value axes, float epsilon) {
        Value centered = o.sub(x, mean(o, x, axes));
        Value variance = mean(o, square(o, centered), axes);
        Value inverse = o.op("Reciprocal", o.op("Sqrt", o.add(variance, epsilon)));
        return new Normalized(o.mul(centered, inverse), inverse, axes);
    }

    /** One inside the representable range, zero where the value saturates. */
    private static Value quantize(Ops o, Node n, Value dy) {
        Value zeroPoint = n.input(2);
        ElementType type = zeroPoint != null
                ? zeroPoint.type()
                : n.output().type() != null ? n.output().type() : ElementType.UINT8;
        if (n.intAttribute("block_size", 0) != 0 || type == null || !type.isInteger()) {
            throw new GraphException(n, "has a gradient only for integers with a scale per tensor or axis");
        }
        Value scale = aligned(o, n, n.input(1));
        Value offset = zeroPoint == null
                ? o.constantLike(scale, 0)
                : aligned(o, n, o.cast(zeroPoint, Expressions.type(n.input(1))));
        int bits = type.bits();
        double low = type.isSigned() ? -Math.pow(2, bits - 1.0) : 0;
        double high = type.isSigned() ? Math.pow(2, bits - 1.0) - 1 : Math.pow(2, bits) - 1;
        Value least = o.mul(o.sub(o.constantLike(scale, low), offset), scale);
        Value greatest = o.mul(o.sub(o.constantLike(scale, high), offset), scale);
        Value inside = o.op("And", o.op("GreaterOrEqual", x(n), least), o.op("LessOrEqual", x(n), greatest));
        return Expressions.onlyWhere(o, inside, dy);
    }

    /** Scales along an axis, shaped so that they broadcast against x. */
    private static Value aligned(Ops o, Node n, Value parameter) {
        if (rank(n, parameter) != 1) {
            return parameter;
        }
        if (parameter.shape().dim(0).is(1)) {
            return o.reshape(parameter);
        }
        int rank = rank(n, x(n));
        int axis = Expressions.axis(n, "axis", 1, rank);
        long[] dims = new long[rank - axis];
        Arrays.fill(dims, 1);
        dims[0] = -1;
        return o.reshape(parameter, dims);
    }
}
