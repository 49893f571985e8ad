package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RISE against what its masks tell of models known by hand. */
class RiseTest {
    /** Of a linear model with columns masked one by one, w x (1 - p). */
    @Test
    void riseTellsALinearModelsParts() {
        Explanation e = Tables.explain(Method.RISE, Tables.table(Tables::linear), new float[1][6], 20_000, 5);
        for (int i = 0; i < 6; i++) {
            double expected = 0.5 * Tables.WEIGHTS[i] * Tables.ROW[i];
            assertThat((double) e.attribution()[i]).isCloseTo(expected, within(5.0 * e.standardError()[i] + 1e-3));
            assertThat(e.standardError()[i]).isBetween(0.005f, 0.1f);
        }
    }

    /**
     * Bilinear masks of random cells under a random shift have the covariance {@code p (1 - p) b(down) b(right)}, with b the
     * cubic B-spline of distances in cells: a triangle's correlation with itself.
     */
    @Test
    void risesMasksAreBilinear() {
        int height = 16;
        int width = 24;
        float[] ones = new float[height * width];
        Arrays.fill(ones, 1);
        SamplingOptions common = OPTIONS.withSamples(6000).withSeed(2);
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 1, height, width);
                Attributor rise =
                        Method.RISE.open(Tables.pixel(height, width, 7, 11), zero, MethodOptions.of(common))) {
            Explanation e = rise.explain(ones, 0);
            for (int i = 0; i < ones.length; i++) {
                double down = Math.abs(i / width - 7) * 8.0 / height;
                double right = Math.abs(i % width - 11) * 8.0 / width;
                assertThat((double) e.attribution()[i])
                        .as("row %d, column %d", i / width, i % width)
                        .isCloseTo(0.5 * spline(down) * spline(right), within(0.015));
            }
        }
    }

    private static double spline(double d) {
        return d < 1 ? 2 / 3.0 - d * d + d * d * d / 2 : d < 2 ? Math.pow(2 - d, 3) / 6 : 0;
    }

    /** Masks of a table, and of an image, where neighbours are seen together: the error told is that between seeds. */
    @ParameterizedTest
    @CsvSource({"1,1,6", "1,16,16"})
    void risesErrorIsTheSpreadOverSeeds(int channels, int height, int width) {
        int elements = channels * height * width;
        long[] dims = height == 1 ? new long[] {1, elements} : new long[] {1, channels, height, width};
        Model model = new Model(new Graph("sum"));
        Dim[] symbolic = Arrays.stream(dims).mapToObj(Dim::of).toArray(Dim[]::new);
        symbolic[0] = Dim.symbol("N");
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(symbolic));
        Ops ops = new Ops(model.graph());
        Value sum = ops.reduceSum(ops.op("Flatten", x), true, 1);
        model.graph().addOutput(ops.op("Tanh", ops.mul(sum, 1.5f / elements)));
        float[] ones = new float[elements];
        Arrays.fill(ones, 1);
        int seeds = 200;
        double[] means = new double[elements];
        double told = 0;
        int held = 0;
        Explanation[] all = new Explanation[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            SamplingOptions common = OPTIONS.withSamples(100).withSeed(seed);
            try (NativeTensor zero = NativeTensor.allocate(1, dims);
                    Attributor rise = Method.RISE.open(model, zero, MethodOptions.of(common))) {
                all[seed] = rise.explain(ones, 0);
            }
            for (int i = 0; i < elements; i++) {
                means[i] += all[seed].attribution()[i] / (double) seeds;
                told += Math.pow(all[seed].standardError()[i], 2) / seeds;
            }
        }
        double spread = 0;
        for (int seed = 0; seed < seeds; seed++) {
            for (int i = 0; i < elements; i++) {
                double off = Math.abs(all[seed].attribution()[i] - means[i]);
                spread += off * off / (seeds - 1);
                held += off <= all[seed].errorBar(i, 0.95) ? 1 : 0;
            }
        }
        assertThat(told / spread).isBetween(0.85, 1.2);
        assertThat((double) held / seeds / elements).isBetween(0.93, 0.97);
    }

    @Test
    void riseIsTheSameWithAnyNumberOfThreads() {
        float[] first = null;
        for (int threads : new int[] {1, 3}) {
            SamplingOptions common =
                    OPTIONS.withSamples(40).withSession(OPTIONS.session().withThreads(threads));
            try (NativeTensor black = Vectors.black();
                    Attributor rise = Method.RISE.open(Vectors.classifier(), black, MethodOptions.of(common))) {
                float[] found = rise.explain(Vectors.image(), 2).attribution();
                first = first == null ? found : first;
                assertThat(found).containsExactly(first);
            }
        }
    }
}
