package dev.hone.train.head;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;

/**
 * The cosine between a sample and the mean of each class, times a factor; all after each component is scaled. A class can
 * be added without fitting the others again.
 *
 * @param scale of the components, [D]
 * @param prototypes unit vectors of the classes, [K][D]; zeros for a class without samples
 * @param factor what cosines are multiplied by
 * @param bias added to them, [K]: 0, or far below for a class without samples
 */
public record PrototypeHead(double[] scale, double[][] prototypes, double factor, double[] bias) implements Head {
    private static final double TINY = 1e-12;
    private static final double NEVER = -50;

    @Override
    public int classes() {
        return prototypes.length;
    }

    @Override
    public double[] logits(float[] values, int at) {
        double norm = TINY;
        double[] z = new double[scale.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = values[at + i] * scale[i];
            norm += z[i] * z[i];
        }
        double[] logits = new double[prototypes.length];
        for (int k = 0; k < logits.length; k++) {
            for (int i = 0; i < z.length; i++) {
                logits[k] += prototypes[k][i] * z[i];
            }
            logits[k] = logits[k] * factor / Math.sqrt(norm) + bias[k];
        }
        return logits;
    }

    @Override
    public Value append(Ops o, Projection projection, Value features) {
        Value z = o.mul(
                projection.apply(o, features), o.constant(Tensor.ofFloats(LinearHead.floats(scale), 1, scale.length)));
        Value norm = o.op("Sqrt", o.add(o.reduceSum(o.mul(z, z), true, 1), TINY));
        double[][] scaled = Arrays.stream(prototypes)
                .map(row -> LinearHead.divided(row, 1 / factor))
                .toArray(double[][]::new);
        return LinearHead.layer(o, o.div(z, norm), scaled, bias, "head");
    }

    @Override
    public PrototypeHead withTemperature(double temperature) {
        return new PrototypeHead(scale, prototypes, factor / temperature, bias);
    }

    /** @param whitening exponent of the components' deviation by which they are divided, 0 for none, 1 for full */
    static PrototypeHead fit(HeadSamples samples, double whitening) {
        int width = samples.width();
        double[] squares = new double[width];
        for (int i = 0; i < samples.values().length; i++) {
            squares[i % width] += (double) samples.values()[i] * samples.values()[i];
        }
        double[] scale = new double[width];
        double largest = Arrays.stream(squares).max().orElse(0);
        for (int i = 0; i < width; i++) {
            double relative = Math.sqrt(Math.max(squares[i], 1e-9 * largest) / largest);
            scale[i] = Math.pow(relative, -whitening);
        }
        double[][] prototypes = new double[samples.classes()][width];
        for (int n = 0; n < samples.size(); n++) {
            double norm = TINY;
            for (int i = 0; i < width; i++) {
                double z = samples.values()[n * width + i] * scale[i];
                norm += z * z;
            }
            for (int i = 0; i < width; i++) {
                prototypes[samples.labels()[n]][i] += samples.values()[n * width + i] * scale[i] / Math.sqrt(norm);
            }
        }
        double[] bias = new double[samples.classes()];
        for (int k = 0; k < bias.length; k++) {
            double[] row = prototypes[k];
            double norm = Math.sqrt(Arrays.stream(row).map(v -> v * v).sum());
            bias[k] = norm == 0 ? NEVER : 0;
            for (int i = 0; i < width; i++) {
                row[i] = norm == 0 ? 0 : row[i] / norm;
            }
        }
        return new PrototypeHead(scale, prototypes, 10, bias);
    }
}
