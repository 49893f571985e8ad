package dev.hone.autodiff;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The gradient of batch normalization in training mode, where mean and variance are batch statistics.
 *
 * <p>With x [N, C, H, W], m = N H W elements per channel, {@code i = 1 / sqrt(var + epsilon)}, sums over N, H, W:
 *
 * <pre>
 * dbias  = sum dy
 * dscale = i (sum dy x - mean sum dy)
 * dx     = scale i (dy - dbias / m - (x - mean) i dscale / m)
 * </pre>
 *
 * dx is computed as {@code a dy + (b x + c)} with per-channel coefficients, which takes three passes over the large
 * tensors; the part in x is itself a batch normalization, which the runtime computes in one pass.
 */
final class TrainingBatchNormGradient {
    /** From this number of positions on, a dot product per channel and image is faster than a product and a sum. */
    private static final long DOT_FROM = 64;

    private TrainingBatchNormGradient() {}

    static Value[] gradients(Ops o, Node n, List<Value> dys, boolean[] wanted) {
        Value x = n.input(0);
        Shape shape = x.shape();
        if (shape == null || shape.rank() < 2 || !shape.isConstant()) {
            throw new GraphException(n, "the shape of its input must be known to differentiate it in training mode");
        }
        long channels = shape.size(1);
        double count = (double) shape.count().orElseThrow() / channels;
        long[] others = new long[shape.rank() - 1];
        Arrays.setAll(others, i -> i == 0 ? 0 : i + 1L);
        Value mean = statistic(o, n, 1, others);
        Value variance = statistic(o, n, 2, others);
        Value inverse = o.op("Reciprocal", o.op("Sqrt", o.add(variance, n.floatAttribute("epsilon", 1e-5f))));
        Value dy = dys.get(0) != null ? dys.get(0) : Backward.filledLike(o, x, 0);
        Value bias = sum(o, dy, others);
        Value scale = o.mul(o.sub(sumOfProducts(o, x, dy, others), o.mul(mean, bias)), inverse);
        Value[] gradients = new Value[wanted.length];
        gradients[1] = wanted[1] ? scale : null;
        gradients[2] = wanted[2] ? bias : null;
        double kept = n.floatAttribute("momentum", 0.9f);
        for (int i = 1; i <= 2; i++) {
            Value statistic = running(dys, i);
            if (wanted[2 + i]) {
                gradients[2 + i] = o.mul(statistic == null ? bias : statistic, statistic == null ? 0 : kept);
            }
        }
        if (wanted[0]) {
            Value a = o.mul(n.input(1), inverse);
            Value b = o.mul(o.mul(o.mul(a, inverse), scale), -1 / count);
            if (running(dys, 2) != null) {
                b = o.add(b, o.mul(running(dys, 2), 2 * (1 - kept) / count));
            }
            Value c = o.sub(o.mul(o.mul(a, bias), -1 / count), o.mul(b, mean));
            if (running(dys, 1) != null) {
                c = o.add(c, o.mul(running(dys, 1), (1 - kept) / count));
            }
            Value zeros = o.constant(Tensor.filled(x.type(), 0, channels));
            Value ones = o.constant(Tensor.filled(x.type(), 1, channels));
            Value alongX = o.op("BatchNormalization", Map.of("epsilon", 0f), x, b, c, zeros, ones);
            long[] perChannel = new long[shape.rank()];
            Arrays.fill(perChannel, 1);
            perChannel[1] = channels;
            gradients[0] = o.add(o.mul(dy, o.reshape(a, perChannel)), alongX);
        }
        return gradients;
    }

    private static Value running(List<Value> dys, int output) {
        return output < dys.size() ? dys.get(output) : null;
    }

    /** The batch mean (1) or variance (2); the node outputs it directly if momentum is 0. */
    private static Value statistic(Ops o, Node n, int output, long[] others) {
        Value known = n.output(output);
        if (known != null && n.floatAttribute("momentum", 0.9f) == 0) {
            return known;
        }
        Value x = n.input(0);
        if (output == 1) {
            return o.reduceMean(x, false, others);
        }
        Value centered = o.sub(x, o.reduceMean(x, true, others));
        return o.reduceMean(Expressions.square(o, centered), false, others);
    }

    /** Reduces over positions first, then over images, which is faster in the runtime than both at once. */
    private static Value sum(Ops o, Value dy, long[] others) {
        return others.length == 1
                ? o.reduceSum(dy, false, 0)
                : o.reduceSum(o.reduceSum(o.reshape(dy, 0, 0, -1), false, 2), false, 0);
    }

    private static Value sumOfProducts(Ops o, Value x, Value dy, long[] others) {
        Shape shape = x.shape();
        long images = shape.size(0);
        long channels = shape.size(1);
        long positions = shape.count().orElseThrow() / images / channels;
        if (positions < DOT_FROM) {
            return o.reduceSum(o.mul(x, dy), false, others);
        }
        Value rows = o.reshape(x, images * channels, 1, positions);
        Value columns = o.transpose(o.reshape(dy, images * channels, 1, positions), 0, 2, 1);
        return o.reduceSum(o.reshape(o.matmul(rows, columns), images, channels), false, 0);
    }
}
