package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradient methods against Captum; {@code method_vectors.py} made the vectors. */
class MethodTest {
    private static Explanation explain(Method method, NativeTensor baselines, int samples) {
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples));
        try (baselines;
                Attributor attributor = method.open(Vectors.classifier(), baselines, options)) {
            return attributor.explain(Vectors.image(), 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"saliency,saliency", "input-x-gradient,input_x_gradient"})
    void gradientsAtTheInputEqualCaptum(String method, String vector) {
        Explanation e = explain(Method.of(method), Vectors.baselines(), 1);
        assertClose(e.attribution(), Vectors.of(vector).floats(), 1e-4);
        assertThat(e.standardError()).containsOnly(0);
        assertThat(e.expected()).isNaN();
    }

    @Test
    void integratedGradientsEqualCaptum() {
        Explanation zero = explain(Method.INTEGRATED_GRADIENTS, Vectors.black(), 50);
        assertClose(zero.attribution(), Vectors.of("integrated_zero").floats(), 1e-4);
        Explanation mean = explain(Method.INTEGRATED_GRADIENTS, Vectors.baselines(), 20);
        assertClose(mean.attribution(), Vectors.of("integrated_mean").floats(), 1e-4);
        assertThat(mean.additivityError()).isLessThan(0.02);
    }

    @Test
    void smoothGradEqualsCaptumsGivenTheSameNoise() {
        float[] noise = Vectors.of("smooth_noise").floats();
        float[] image = Vectors.image();
        PathSamples given = new SmoothGrad.AtInput(new PathSamples() {
            @Override
            public int rows() {
                return noise.length / image.length;
            }

            @Override
            public int baseline(int row) {
                return 0;
            }

            @Override
            public float alpha(int row) {
                throw new AssertionError("SmoothGrad samples no alphas");
            }

            @Override
            public boolean noisy() {
                return true;
            }

            @Override
            public void noise(int row, FloatBuffer to) {
                to.put(noise, row * image.length, image.length);
            }
        });
        try (NativeTensor zero = Vectors.black();
                GradientShap rows = GradientShap.open(Vectors.classifier(), zero, false, OPTIONS)) {
            assertClose(
                    rows.explain(image, 2, given).attribution(),
                    Vectors.of("smooth_grad").floats(),
                    1e-4);
        }
    }

    /** Of the input's range, as in the paper: values from -4 to 6 have noise of 1.5. */
    @Test
    void smoothGradsNoiseIsAShareOfTheRangeUnlessTold() {
        float[] image = Vectors.image();
        image[0] = -4;
        image[1] = 6;
        SamplingOptions options = OPTIONS.withSamples(12);
        try (NativeTensor zero = Vectors.black();
                Attributor own = Method.SMOOTH_GRAD.open(Vectors.classifier(), zero, MethodOptions.of(options));
                Attributor told = Method.SMOOTH_GRAD.open(
                        Vectors.classifier(), zero, MethodOptions.of(options.withNoise(1.5f)))) {
            assertClose(
                    own.explain(image, 2).attribution(), told.explain(image, 2).attribution(), 1e-5);
        }
    }

    /** Weights and points against the integrals of powers. */
    @Test
    void gaussLegendreIntegratesPolynomialsExactly() {
        FixedSamples points = FixedSamples.gaussLegendre(7);
        for (int power = 0; power <= 13; power++) {
            double integral = 0;
            for (int row = 0; row < 7; row++) {
                integral += points.weight(row) * Math.pow(points.alpha(row), power) / 7;
            }
            assertThat(integral)
                    .as("x^%d", power)
                    .isCloseTo(1.0 / (power + 1), org.assertj.core.data.Offset.offset(1e-6));
        }
    }

    @Test
    void expectedGradientsAreGradientShapWithoutNoise() {
        MethodOptions noisy = MethodOptions.of(OPTIONS.withSamples(20).withNoise(0.3f));
        try (NativeTensor baselines = Vectors.baselines();
                Attributor expected = Method.EXPECTED_GRADIENTS.open(Vectors.classifier(), baselines, noisy);
                Attributor shap = Method.GRADIENT_SHAP.open(
                        Vectors.classifier(), baselines, noisy.withCommon(OPTIONS.withSamples(20)))) {
            assertThat(expected.explain(Vectors.image(), 2).attribution())
                    .containsExactly(shap.explain(Vectors.image(), 2).attribution());
        }
    }

    /** Those that compare with nothing go on as before. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ATTENTION_ROLLOUT")
    void replacedBaselinesAreAsThoseItWasOpenedWith(Method method) {
        Groups cells = Groups.grid(new long[] {3, 16, 12}, 8);
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(24));
        try (NativeTensor black = Vectors.black();
                NativeTensor baselines = Vectors.baselines();
                Attributor replaced = method.open(Vectors.classifier(), black, options);
                Attributor opened = method.open(Vectors.classifier(), baselines, options)) {
            float[] before = replaced.explain(Vectors.image(), 2, cells).attribution();
            replaced.replaceBaselines(baselines);
            float[] after = replaced.explain(Vectors.image(), 2, cells).attribution();
            assertThat(after)
                    .containsExactly(opened.explain(Vectors.image(), 2, cells).attribution());
            assertThat(Arrays.equals(after, before)).isEqualTo(method.compares() == Method.Compares.NOTHING);
        }
    }

    /** The error of a sum is not the sum of errors: pixels of one sample err together. */
    @Test
    void groupsAreSummedBeforeTheirErrorIsTold() {
        Groups halves = Groups.grid(new long[] {3, 16, 12}, 12);
        try (NativeTensor baselines = Vectors.baselines();
                Attributor shap = Method.GRADIENT_SHAP.open(
                        Vectors.classifier(), baselines, MethodOptions.of(OPTIONS.withSamples(40)))) {
            Explanation all = shap.explain(Vectors.image(), 2);
            Explanation grouped = shap.explain(Vectors.image(), 2, halves);
            assertClose(grouped.attribution(), halves.sum(all.attribution()), 1e-5);
            assertThat(grouped.shape()).containsExactly(2);
            assertThat(grouped.additivityError())
                    .isCloseTo(all.additivityError(), org.assertj.core.data.Offset.offset(1e-4));
            // The error of both halves together, from 30 seeds, against what one run says of each.
            double[] sum = new double[2];
            double[] squares = new double[2];
            double told = 0;
            int seeds = 60;
            for (int seed = 0; seed < seeds; seed++) {
                PathSamples points = PathSamples.seeded(100 + seed, 24, 4, 0);
                Explanation e = ((GradientShap) shap).explain(Vectors.image(), 2, points, halves);
                for (int g = 0; g < 2; g++) {
                    sum[g] += e.attribution()[g];
                    squares[g] += (double) e.attribution()[g] * e.attribution()[g];
                    told += e.standardError()[g] * e.standardError()[g] / seeds;
                }
            }
            double spread = 0;
            for (int g = 0; g < 2; g++) {
                spread += squares[g] / seeds - sum[g] * sum[g] / seeds / seeds;
            }
            assertThat(told / spread).isBetween(0.5, 2.0);
        }
    }

    @Test
    void listsTheMethodsWhereANameIsUnknown() {
        assertThatThrownBy(() -> Method.of("lime"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'lime'")
                .hasMessageContaining("integrated-gradients");
    }
}
