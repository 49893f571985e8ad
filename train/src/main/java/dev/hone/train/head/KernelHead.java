package dev.hone.train.head;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;

/**
 * Support vector machines with Gaussian kernels, each class against the rest: {@code sum_s c_ks exp(-gamma |z - v_s|^2) +
 * b_k}. The class of the largest sum is predicted. For two classes the second machine is the first with its sign changed.
 *
 * @param vectors support vectors, [S,D], row after row
 * @param gamma of the kernel
 * @param coefficients c, [K][S]
 * @param bias b, [K]
 */
public record KernelHead(float[] vectors, double gamma, double[][] coefficients, double[] bias) implements Head {
    @Override
    public int classes() {
        return bias.length;
    }

    private int count() {
        return coefficients[0].length;
    }

    private int width() {
        return vectors.length / Math.max(1, count());
    }

    @Override
    public double[] logits(float[] values, int at) {
        double[] logits = bias.clone();
        int width = width();
        for (int s = 0; s < count(); s++) {
            double k = Math.exp(-gamma * distance(values, at, vectors, s * width, width));
            for (int c = 0; c < logits.length; c++) {
                logits[c] += coefficients[c][s] * k;
            }
        }
        return logits;
    }

    /** The squared distance of two rows. */
    static double distance(float[] a, int aAt, float[] b, int bAt, int width) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < width; i += 4) {
            float d0 = a[aAt + i] - b[bAt + i];
            float d1 = a[aAt + i + 1] - b[bAt + i + 1];
            float d2 = a[aAt + i + 2] - b[bAt + i + 2];
            float d3 = a[aAt + i + 3] - b[bAt + i + 3];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        for (; i < width; i++) {
            float d = a[aAt + i] - b[bAt + i];
            s0 += d * d;
        }
        return (double) s0 + s1 + s2 + s3;
    }

    /** {@code -gamma |z - v|^2 = 2 gamma z v - gamma v v - gamma z z}, of which the first two are one layer. */
    @Override
    public Value append(Ops o, Projection projection, Value features) {
        Value z = projection.apply(o, features);
        int width = width();
        double[][] scaled = new double[count()][width];
        double[] offsets = new double[count()];
        for (int s = 0; s < count(); s++) {
            for (int i = 0; i < width; i++) {
                double v = vectors[s * width + i];
                scaled[s][i] = 2 * gamma * v;
                offsets[s] -= gamma * v * v;
            }
        }
        Value inner = LinearHead.layer(o, z, scaled, offsets, "kernel");
        Value own = o.mul(o.reduceSum(o.mul(z, z), true, 1), gamma);
        Value kernel = o.op("Exp", o.sub(inner, own));
        return LinearHead.layer(o, kernel, coefficients, bias, "head");
    }

    @Override
    public KernelHead withTemperature(double temperature) {
        return new KernelHead(
                vectors,
                gamma,
                Arrays.stream(coefficients)
                        .map(row -> LinearHead.divided(row, temperature))
                        .toArray(double[][]::new),
                LinearHead.divided(bias, temperature));
    }
}
