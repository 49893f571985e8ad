package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Error bars against exact Shapley values by enumeration of coalitions. For a sum of products of different features, gradients
 * averaged along the line from a baseline give just the Shapley values of the game in which absent features have the
 * baseline's values (M. Sundararajan and A. Najmi 2020, The many Shapley values for model explanation); for a quadratic
 * form too. Pairs of draws are exact for the latter.
 */
class StandardErrorTest {
    private static final int FEATURES = 6;
    private static final int HIDDEN = 8;
    private static final double ROUNDING = 1e-4;
    private static final Random RANDOM = new Random(5);
    private static final float[] INNER = gaussian(FEATURES * HIDDEN);
    private static final float[] OUTER = gaussian(HIDDEN * 2);
    private static final float[] IMAGE = gaussian(FEATURES);

    private static float[] gaussian(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) RANDOM.nextGaussian();
        }
        return values;
    }

    private static NativeTensor few;
    private static NativeTensor many;

    @BeforeAll
    static void baselines() {
        few = NativeTensor.ofFloats(gaussian(FEATURES * 3), 3, FEATURES);
        many = NativeTensor.ofFloats(gaussian(FEATURES * 10), 10, FEATURES);
    }

    @AfterAll
    static void close() {
        few.close();
        many.close();
    }

    /** {@code f(x) = (x W)^2 V} */
    private static Model quadratic() {
        Graph graph = new Graph("quadratic");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(FEATURES)));
        Ops ops = new Ops(graph);
        Value inner = ops.op("MatMul", x, ops.constant(Tensor.ofFloats(INNER, FEATURES, HIDDEN)));
        Value y = ops.op("MatMul", ops.mul(inner, inner), ops.constant(Tensor.ofFloats(OUTER, HIDDEN, 2)));
        graph.addOutput(y);
        y.setName("scores");
        return new Model(graph);
    }

    /** A sum of products of three linear functions, of two features each. */
    private static Model cubic() {
        Graph graph = new Graph("cubic");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(FEATURES)));
        Ops ops = new Ops(graph);
        Value product = null;
        for (int part = 0; part < FEATURES; part += 2) {
            float[] weights = Arrays.copyOfRange(INNER, part * HIDDEN, (part + 2) * HIDDEN);
            Value factor =
                    ops.matmul(ops.slice(x, 1, part, part + 2, 1), ops.constant(Tensor.ofFloats(weights, 2, HIDDEN)));
            product = product == null ? factor : ops.mul(product, factor);
        }
        Value y = ops.matmul(product, ops.constant(Tensor.ofFloats(OUTER, HIDDEN, 2)));
        graph.addOutput(y);
        y.setName("scores");
        return new Model(graph);
    }

    private static double cubicScore(double[] x) {
        double sum = 0;
        for (int h = 0; h < HIDDEN; h++) {
            double product = OUTER[h * 2 + 1];
            for (int part = 0; part < FEATURES; part += 2) {
                product *= x[part] * INNER[part * HIDDEN + h] + x[part + 1] * INNER[(part + 1) * HIDDEN + h];
            }
            sum += product;
        }
        return sum;
    }

    private static double f(double[] x) {
        double sum = 0;
        for (int h = 0; h < HIDDEN; h++) {
            double inner = 0;
            for (int i = 0; i < FEATURES; i++) {
                inner += x[i] * INNER[i * HIDDEN + h];
            }
            sum += inner * inner * OUTER[h * 2 + 1];
        }
        return sum;
    }

    private static double[] shapley(NativeTensor baselines, ToDoubleFunction<double[]> f) {
        double[] values = new double[FEATURES];
        int count = (int) baselines.dims()[0];
        float[] all = baselines.floats();
        for (int b = 0; b < count; b++) {
            double[] ofCoalition = new double[1 << FEATURES];
            for (int present = 0; present < ofCoalition.length; present++) {
                double[] x = new double[FEATURES];
                for (int i = 0; i < FEATURES; i++) {
                    x[i] = (present >> i & 1) == 1 ? IMAGE[i] : all[b * FEATURES + i];
                }
                ofCoalition[present] = f.applyAsDouble(x);
            }
            for (int i = 0; i < FEATURES; i++) {
                for (int present = 0; present < ofCoalition.length; present++) {
                    if ((present >> i & 1) == 0) {
                        double weight = 1.0 / FEATURES / choose(FEATURES - 1, Integer.bitCount(present));
                        values[i] += weight * (ofCoalition[present | 1 << i] - ofCoalition[present]) / count;
                    }
                }
            }
        }
        return values;
    }

    private static double choose(int n, int k) {
        return k == 0 ? 1 : choose(n - 1, k - 1) * n / k;
    }

    private static int inside(Explanation e, double[] exact, int feature) {
        return Math.abs(e.attribution()[feature] - exact[feature]) <= e.errorBar(feature, 0.95) + ROUNDING ? 1 : 0;
    }

    @ParameterizedTest
    @CsvSource({"3,24", "3,90", "10,50", "10,15", "10,8", "10,30", "10,40", "10,51", "10,200"})
    void exactValuesLieWithinTheErrorBarAsOftenAsItSays(int baselineCount, int samples) {
        NativeTensor baselines = baselineCount == 3 ? few : many;
        double[] exact = shapley(baselines, StandardErrorTest::cubicScore);
        int inside = 0;
        try (GradientShap shap = GradientShap.open(cubic(), baselines, SamplingOptions.defaults())) {
            for (int seed = 0; seed < 100; seed++) {
                Explanation e = shap.explain(IMAGE, 1, PathSamples.seeded(seed, samples, baselineCount, 0));
                for (int feature = 0; feature < FEATURES; feature++) {
                    inside += inside(e, exact, feature);
                }
            }
        }
        assertThat(inside / (100.0 * FEATURES)).isGreaterThanOrEqualTo(0.93);
    }

    /** With the sum of the attributions, which is known, as control variate: the bars hold and the sum comes out. */
    @ParameterizedTest
    @CsvSource({"3,24", "10,50", "10,51", "10,200"})
    void errorBarsHoldWhereSumsAreCorrected(int baselineCount, int samples) {
        NativeTensor baselines = baselineCount == 3 ? few : many;
        double[] exact = shapley(baselines, StandardErrorTest::cubicScore);
        int inside = 0;
        double corrected = 0;
        double plain = 0;
        double missed = 0;
        for (int seed = 0; seed < 100; seed++) {
            SamplingOptions options = SamplingOptions.defaults().withSeed(seed).withSamples(samples);
            try (GradientShap shap = GradientShap.open(cubic(), baselines, options)) {
                Explanation e = shap.explain(IMAGE, 1);
                Explanation mean = shap.explain(IMAGE, 1, PathSamples.seeded(seed, samples, baselineCount, 0));
                for (int feature = 0; feature < FEATURES; feature++) {
                    inside += inside(e, exact, feature);
                    corrected += Math.pow(e.attribution()[feature] - exact[feature], 2);
                    plain += Math.pow(mean.attribution()[feature] - exact[feature], 2);
                }
                missed += e.additivityError() / 100;
            }
        }
        assertThat(inside / (100.0 * FEATURES)).isGreaterThanOrEqualTo(0.93);
        assertThat(corrected).isLessThanOrEqualTo(plain);
        if (samples == 200) {
            assertThat(corrected).isLessThan(0.8 * plain);
            assertThat(missed).isLessThan(0.002);
        }
    }

    /** Gradients do not see the rounding of the score, and attributions do not sum to its difference. */
    @Test
    void errorBarsHoldBehindARounding() {
        double[] exact = shapley(many, StandardErrorTest::cubicScore);
        Model rounded = cubic();
        Ops ops = new Ops(rounded.graph());
        Value scores = rounded.graph().outputs().get(0);
        Value scale = ops.constant(Tensor.scalar(4f));
        Value zero = ops.constant(Tensor.ofBytes(ElementType.INT8, new byte[1]));
        rounded.graph()
                .setOutput(0, ops.op("DequantizeLinear", ops.op("QuantizeLinear", scores, scale, zero), scale, zero));
        int inside = 0;
        double missed = 0;
        for (int seed = 0; seed < 50; seed++) {
            SamplingOptions options = SamplingOptions.defaults().withSeed(seed).withSamples(200);
            try (GradientShap shap = GradientShap.open(rounded, many, options)) {
                Explanation e = shap.explain(IMAGE, 1);
                for (int feature = 0; feature < FEATURES; feature++) {
                    inside += inside(e, exact, feature);
                }
                missed += e.additivityError() / 50;
            }
        }
        assertThat(inside / (50.0 * FEATURES)).isGreaterThanOrEqualTo(0.93);
        assertThat(missed).isGreaterThan(0.01);
    }

    @Test
    void pairsAreExactForAQuadraticForm() {
        double[] exact = shapley(many, StandardErrorTest::f);
        try (GradientShap shap = GradientShap.open(quadratic(), many, SamplingOptions.defaults())) {
            Explanation e = shap.explain(IMAGE, 1, PathSamples.seeded(3, 60, 10, 0));
            for (int i = 0; i < FEATURES; i++) {
                assertThat((double) e.attribution()[i]).isCloseTo(exact[i], within(ROUNDING));
            }
            assertThat(e.relativeError()).isLessThan(1e-5);
        }
    }

    @Test
    void stopsAtTheErrorAskedForAndTheErrorBarsHold() {
        double[] exact = shapley(many, StandardErrorTest::cubicScore);
        int inside = 0;
        double squares = 0;
        double length = 0;
        for (int seed = 0; seed < 100; seed++) {
            SamplingOptions options = SamplingOptions.defaults().withSeed(seed).withError(0.02);
            try (GradientShap shap = GradientShap.open(cubic(), many, options)) {
                Explanation e = shap.explain(IMAGE, 1);
                assertThat(e.relativeError()).isLessThanOrEqualTo(0.02);
                inside += inside(e, exact, seed % FEATURES);
                for (int i = 0; i < FEATURES; i++) {
                    squares += Math.pow(e.attribution()[i] - exact[i], 2);
                    length += exact[i] * exact[i];
                }
            }
        }
        assertThat(inside).isGreaterThanOrEqualTo(93);
        assertThat(Math.sqrt(squares / length)).isLessThanOrEqualTo(0.02);
    }

    @Test
    void givesUpAtTheMostSamples() {
        SamplingOptions options = SamplingOptions.defaults().withError(1e-9).withSamples(500);
        try (GradientShap shap = GradientShap.open(cubic(), many, options)) {
            Explanation e = shap.explain(IMAGE, 1);
            assertThat(e.rowDeltas()).hasSize(500);
            assertThat(e.relativeError()).isGreaterThan(1e-9);
        }
    }

    @Test
    void tellsNoErrorFromOneSample() {
        try (GradientShap shap =
                GradientShap.open(quadratic(), many, SamplingOptions.defaults().withSamples(1))) {
            assertThat(shap.explain(IMAGE, 1).relativeError()).isNaN();
        }
    }

    @Test
    void independentDrawsHaveErrorBarsToo() {
        double[] exact = shapley(few, StandardErrorTest::f);
        Random random = new Random(7);
        int inside = 0;
        try (GradientShap shap = GradientShap.open(quadratic(), few, SamplingOptions.defaults())) {
            for (int seed = 0; seed < 100; seed++) {
                Explanation e = shap.explain(IMAGE, 1, independent(random, 40, 3));
                for (int feature = 0; feature < FEATURES; feature++) {
                    inside += inside(e, exact, feature);
                }
            }
        }
        assertThat(inside / (100.0 * FEATURES)).isBetween(0.92, 0.98);
    }

    private static PathSamples independent(Random random, int rows, int count) {
        long[] baselines = new long[rows];
        float[] alphas = new float[rows];
        for (int i = 0; i < rows; i++) {
            baselines[i] = random.nextInt(count);
            alphas[i] = random.nextFloat();
        }
        return PathSamples.given(baselines, alphas);
    }
}
