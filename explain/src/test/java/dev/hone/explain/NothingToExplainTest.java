package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zero maps say why they are; errors that cannot be told are refused. */
class NothingToExplainTest {
    private static final float[] ROW = {0.3f, 1.2f, -0.7f};

    private static Explanation explain(Method method, Model model, float... baselines) {
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(40));
        try (NativeTensor tensor = NativeTensor.ofFloats(baselines, baselines.length / 3, 3);
                Attributor attributor = method.open(model, tensor, options)) {
            return attributor.explain(ROW, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "INTEGRATED_GRADIENTS", "OCCLUSION", "RISE", "KERNEL_SHAP", "EXACT_SHAPLEY"})
    void becauseEveryBaselineEqualsTheInput(Method method) {
        Model model = Tables.summed((ops, x) -> ops.op("Tanh", x));
        float[] twice = {0.3f, 1.2f, -0.7f, 0.3f, 1.2f, -0.7f};
        Explanation e = explain(method, model, twice);
        assertThat(e.attribution()).containsOnly(0);
        assertThat(e.relativeError()).isZero();
        assertThat(e.note()).startsWith("every baseline equals the input");
        assertThat(explain(method, model, 0, 0, 0, 1, 1, 1).note()).isEmpty();
    }

    @Test
    void becauseTheInputIsZero() {
        Model model = Tables.summed((ops, x) -> ops.op("Tanh", x));
        try (NativeTensor baseline = NativeTensor.ofFloats(ROW, 1, 3);
                Attributor attributor = Method.INPUT_X_GRADIENT.open(model, baseline, MethodOptions.of(OPTIONS))) {
            assertThat(attributor.explain(new float[3], 1).note()).startsWith("the input is zero everywhere");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "INTEGRATED_GRADIENTS", "SALIENCY", "INPUT_X_GRADIENT", "SMOOTH_GRAD"})
    void becauseTheGradientIsZero(Method method) {
        Explanation e = explain(method, Tables.summed((ops, x) -> ops.op("Round", x)), 0, 0, 0);
        assertThat(e.attribution()).containsOnly(0);
        assertThat(e.note()).startsWith("the gradient is zero everywhere").contains("kernel-shap");
        assertThat(explain(Method.EXACT_SHAPLEY, Tables.summed((ops, x) -> ops.op("Round", x)), 0, 0, 0)
                        .note())
                .isEmpty();
    }

    /** The mean of many equal scores is not just that score in floating point. */
    @ParameterizedTest
    @EnumSource(names = {"RISE", "OCCLUSION", "EXACT_SHAPLEY"})
    void becauseTheScoreIsConstant(Method method) {
        Explanation e =
                explain(method, Tables.summed((ops, x) -> ops.add(ops.op("Round", ops.mul(x, 0.01)), 0.1)), 0, 0, 0);
        assertThat(e.attribution()).containsOnly(0);
        assertThat(e.relativeError()).isZero();
        assertThat(e.note()).startsWith("the score stays the same");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anErrorOfASingleSampleIsRefused(int noisy) {
        SamplingOptions options = OPTIONS.withError(0.1).withSamples(1).withNoise(noisy);
        try (NativeTensor black = Vectors.black();
                GradientShap shap = GradientShap.open(Vectors.classifier(), black, options)) {
            assertThatThrownBy(() -> shap.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("at most 1 sample, expected at least 2");
        }
    }

    @Test
    void aSingleMaskTellsNothing() {
        try (NativeTensor black = Vectors.black();
                Attributor rise =
                        Method.RISE.open(Vectors.classifier(), black, MethodOptions.of(OPTIONS.withSamples(1)))) {
            assertThatThrownBy(() -> rise.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("1 mask, expected 2 or more");
        }
    }

    /** Whatever is left after a round, an error is told; a single sample more is not drawn, as it could not tell its own. */
    @ParameterizedTest
    @CsvSource({"2,1", "3,1", "5,1", "17,1", "18,1", "17,4", "3,4", "12,4"})
    void anErrorIsToldOfFewSamples(int most, int baselineCount) {
        SamplingOptions options = OPTIONS.withError(1e-9).withSamples(most);
        try (NativeTensor baselines = baselineCount == 1 ? Vectors.black() : Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, options)) {
            Explanation e = shap.explain(Vectors.image(), 2);
            assertThat(e.relativeError()).isPositive().isFinite();
            assertThat(e.samples()).isBetween(most - 1, most);
        }
    }

    /** Attributions that cancel, of a score that is that of the baseline: what they miss is no share of nothing. */
    @Test
    void noShareOfADifferenceThatThereIsNot() {
        Model model = Tables.summed((ops, x) -> ops.op("Tanh", x));
        Explanation e = explain(Method.INTEGRATED_GRADIENTS, model, 1.2f, -0.7f, 0.3f);
        assertThat(e.attribution()).doesNotContain(0);
        assertThat(e.additivityError()).isNaN();
        assertThat(explain(Method.INTEGRATED_GRADIENTS, model, 0, 0, 0).additivityError())
                .isBetween(0.0, 1e-3);
    }
}
