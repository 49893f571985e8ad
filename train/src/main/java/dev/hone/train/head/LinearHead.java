package dev.hone.train.head;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code W z + b}. In a graph it is one layer on the standardized features, into which the principal components are
 * multiplied, so that it can be trained further.
 *
 * @param weights W, [K][D]
 * @param bias b, [K]
 */
public record LinearHead(double[][] weights, double[] bias) implements Head {
    @Override
    public int classes() {
        return bias.length;
    }

    @Override
    public double[] logits(float[] values, int at) {
        double[] logits = bias.clone();
        for (int k = 0; k < logits.length; k++) {
            double[] row = weights[k];
            for (int i = 0; i < row.length; i++) {
                logits[k] += row[i] * values[at + i];
            }
        }
        return logits;
    }

    @Override
    public Value append(Ops o, Projection projection, Value features) {
        return layer(o, projection.standardize(o, features), projection.unproject(weights), bias, "head");
    }

    @Override
    public LinearHead withTemperature(double temperature) {
        return new LinearHead(
                Arrays.stream(weights).map(row -> divided(row, temperature)).toArray(double[][]::new),
                divided(bias, temperature));
    }

    static double[] divided(double[] values, double by) {
        return Arrays.stream(values).map(v -> v / by).toArray();
    }

    /** {@code x W' + b} with named weights [out,in]. */
    static Value layer(Ops o, Value x, double[][] weights, double[] bias, String name) {
        String free =
                o.graph().find(name + ".weight") == null ? name : o.graph().freshName(name);
        Value w = o.graph().addConstant(free + ".weight", matrix(weights));
        Value b = o.graph().addConstant(free + ".bias", Tensor.ofFloats(floats(bias), bias.length));
        return o.op("Gemm", Map.of("transB", 1), x, w, b);
    }

    static Tensor matrix(double[][] rows) {
        int width = rows[0].length;
        float[] all = new float[rows.length * width];
        for (int r = 0; r < rows.length; r++) {
            for (int i = 0; i < width; i++) {
                all[r * width + i] = (float) rows[r][i];
            }
        }
        return Tensor.ofFloats(all, rows.length, width);
    }

    static float[] floats(double[] values) {
        float[] all = new float[values.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) values[i];
        }
        return all;
    }
}
