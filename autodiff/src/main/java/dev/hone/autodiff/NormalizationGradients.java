package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.rank;
import static dev.hone.autodiff.Expressions.square;
import static dev.hone.autodiff.Expressions.x;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;

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
        int rank = rank(n, x(n));
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
            gradients[0] = o.mul(dy, o.reshape(factor, channels));
        }
        if (!(wanted[1] || wanted[2] || wanted[3] || wanted[4])) {
            return gradients;
        }
        Value sum = o.reduceSum(dy, false, others);
        gradients[2] = wanted[2] ? sum : null;
        gradients[3] = wanted[3] ? o.neg(o.mul(sum, factor)) : null;
        if (wanted[1] || wanted[4]) {
            Value centered = o.sub(x(n), o.reshape(n.input(3), channels));
            Value weighted = o.reduceSum(o.mul(dy, centered), false, others);
            gradients[1] = o.mul(weighted, inverse);
            gradients[4] = o.mul(o.mul(weighted, factor), o.div(o.constantLike(variance, -0.5), variance));
        }
        return gradients;
    }

    private static Value[] layer(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        int rank = rank(n, x(n));
        int first = Expressions.axis(n, "axis", -1, rank);
        long[] axes = new long[rank - first];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = (long) first + i;
        }
        Value[] gradients = new Value[wanted.length];
        Value dy = dys.get(0);
        Normalized normalized = normalize(o, x(n), axes, n.floatAttribute("epsilon", 1e-5f));
        if (wanted[0]) {
            gradients[0] = normalized.gradient(o, o.mul(dy, n.input(1)));
        }
        if (wanted[1]) {
            gradients[1] = Broadcast.reduceTo(o, o.mul(dy, normalized.value), n.input(1));
        }
        if (wanted.length > 2 && wanted[2]) {
            gradients[2] = Broadcast.reduceTo(o, dy, n.input(2));
        }
        return gradients;
    }

    private static Value[] instance(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        return perChannel(o, n, dys.get(0), wanted, 0);
    }

    private static Value[] group(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        return perChannel(o, n, dys.get(0), wanted, n.intAttribute("num_groups", 1));
    }

    /** Statistics over the positions of a channel or of a group of channels; scale and bias per channel. */
    private static Value[] perChannel(Ops o, Node n, Value dy, boolean[] wanted, long groups) {
        int rank = rank(n, x(n));
        Value[] gradients = new Value[wanted.length];
        long[] channel = new long[rank - 1];
        Arrays.fill(channel, 1);
        channel[0] = -1;
        long[] others = new long[rank - 1];
        for (int i = 1; i < others.length; i++) {
            others[i] = i + 1L;
        }
        // [N, C, H, W] as [N, groups, C/groups H W]
        Value grouped = groups == 0 ? o.reshape(x(n), 0, 0, -1) : o.reshape(x(n), 0, groups, -1);
        Normalized normalized = normalize(o, grouped, new long[] {2}, n.floatAttribute("epsilon", 1e-5f));
        if (wanted[0]) {
            Value scaled = o.mul(dy, o.reshape(n.input(1), channel));
            Value rows = groups == 0 ? o.reshape(scaled, 0, 0, -1) : o.reshape(scaled, 0, groups, -1);
            gradients[0] = o.reshapeLike(normalized.gradient(o, rows), x(n));
        }
        if (wanted[1]) {
            gradients[1] = o.reduceSum(o.mul(dy, o.reshapeLike(normalized.value, x(n))), false, others);
        }
        if (wanted[2]) {
            gradients[2] = o.reduceSum(dy, false, others);
        }
        return gradients;
    }

    /** {@code value = (x - mean) inverse}, where {@code inverse = 1 / sqrt(variance + epsilon)}. */
    private record Normalized(Value value, Value inverse, long[] axes) {
        /** {@code dx = inverse (d - mean d - value mean (d value))} */
        Value gradient(Ops o, Value d) {
            Value centered = o.sub(d, o.reduceMean(d, true, axes));
            Value along = o.mul(value, o.reduceMean(o.mul(d, value), true, axes));
            return o.mul(inverse, o.sub(centered, along));
        }
    }

    private static Normalized normalize(Ops o, Value x, long[] axes, float epsilon) {
        Value centered = o.sub(x, o.reduceMean(x, true, axes));
        Value variance = o.reduceMean(square(o, centered), true, axes);
        Value inverse = o.op("Reciprocal", o.op("Sqrt", o.add(variance, epsilon)));
        return new Normalized(o.mul(centered, inverse), inverse, axes);
    }

    /** One inside the representable range, zero where the value saturates. */
    private static Value quantize(Ops o, Node n, Value dy) {
        Value zeroPoint = n.input(2);
        ElementType type = zeroPoint != null ? zeroPoint.type() : ElementType.UINT8;
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
        Shape shape = parameter.shape();
        if (shape == null || shape.rank() != 1) {
            return parameter;
        }
        int rank = rank(n, x(n));
        int axis = Expressions.axis(n, "axis", 1, rank);
        long[] dims = new long[rank - axis];
        Arrays.fill(dims, 1);
        dims[0] = -1;
        return o.reshape(parameter, dims);
    }
}
