package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@link SamplingOptions#withError} promises, on convolutional networks. The map of infinitely many samples is the mean
 * over baselines of Integrated Gradients from each, which draws nothing at random.
 */
class PromisedErrorTest {
    private static final int SEEDS = 20;
    private static final int STEPS = 200;
    private static final int TARGET = 2;

    @ParameterizedTest
    @CsvSource({"classifier, 24, 0.05", "classifier, 24, 0.02", "resnet18, 8, 0.15"})
    void mapsAreAsFarFromTheConvergedOneAsWasAskedFor(String name, int count, double error) {
        Model model = Vectors.read(name + ".onnx");
        long[] shape = name.equals("classifier") ? new long[] {3, 16, 12} : new long[] {3, 64, 64};
        int elements = (int) (shape[0] * shape[1] * shape[2]);
        Random random = new Random(3);
        float[] image = gaussian(random, elements);
        float[] compared = gaussian(random, count * elements);
        double[] converged = converged(model, image, compared, count, shape);
        float[][] maps = new float[SEEDS][];
        int samples = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            SamplingOptions options = OPTIONS.withSeed(seed).withError(error);
            try (NativeTensor baselines = tensor(compared, count, shape);
                    GradientShap shap = GradientShap.open(model, baselines, options)) {
                Explanation e = shap.explain(image, TARGET);
                assertThat(e.relativeError()).isLessThanOrEqualTo(error);
                maps[seed] = e.attribution();
                samples += e.samples() / SEEDS;
            }
        }
        double squares = 0;
        double length = 0;
        double between = 0;
        for (int i = 0; i < elements; i++) {
            length += converged[i] * converged[i];
            for (int seed = 0; seed < SEEDS; seed++) {
                squares += Math.pow(maps[seed][i] - converged[i], 2) / SEEDS;
                // Every seed with the next.
                between += Math.pow(maps[seed][i] - maps[(seed + 1) % SEEDS][i], 2) / SEEDS;
            }
        }
        double distance = Math.sqrt(squares / length);
        assertThat(samples).isBetween(20, 19_000);
        assertThat(distance).isLessThanOrEqualTo(1.15 * error);
        assertThat(Math.sqrt(between / squares)).isBetween(0.9 * Math.sqrt(2), 1.1 * Math.sqrt(2));
    }

    private static double[] converged(Model model, float[] image, float[] compared, int count, long[] shape) {
        double[] mean = new double[image.length];
        MethodOptions steps = MethodOptions.of(OPTIONS.withSamples(STEPS));
        for (int b = 0; b < count; b++) {
            float[] one = Arrays.copyOfRange(compared, b * image.length, (b + 1) * image.length);
            try (NativeTensor baseline = tensor(one, 1, shape);
                    Attributor path = Method.INTEGRATED_GRADIENTS.open(model, baseline, steps)) {
                float[] map = path.explain(image, TARGET).attribution();
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += map[i] / (double) count;
                }
            }
        }
        return mean;
    }

    private static NativeTensor tensor(float[] values, int count, long[] shape) {
        return NativeTensor.ofFloats(values, count, shape[0], shape[1], shape[2]);
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
