package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NaN and infinity, in what is given and in what the model makes of it. */
class NotFiniteTest {
    private static MethodOptions options(Method method) {
        return MethodOptions.of(OPTIONS.withSamples(Math.min(method.defaultSamples(), 16)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ATTENTION_ROLLOUT")
    void ofTheInputIsRefusedByEveryMethod(Method method) {
        float[] image = Vectors.image();
        image[17] = Float.NaN;
        Groups halves = Groups.grid(new long[] {3, 16, 12}, 12);
        try (NativeTensor baselines = Vectors.baselines();
                Attributor attributor = method.open(Vectors.classifier(), baselines, options(method))) {
            assertThatThrownBy(() -> attributor.explain(image, 2, halves))
                    .isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("the input has the value NaN at element 17");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "INTEGRATED_GRADIENTS", "OCCLUSION", "KERNEL_SHAP"})
    void ofABaselineIsRefusedByItsNumber(Method method) {
        try (NativeTensor baselines = Vectors.baselines()) {
            baselines.buffer().asFloatBuffer().put(2 * 3 * 16 * 12 + 5, Float.NEGATIVE_INFINITY);
            assertThatThrownBy(() -> method.open(Vectors.classifier(), baselines, options(method)))
                    .isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("baseline 2 has the value -Infinity at element 5");
        }
    }

    private static void assertRefused(Method method, Model model, double error, float baseline, String message) {
        MethodOptions options = MethodOptions.of(OPTIONS.withError(error).withSamples(64));
        float[] row = {4, 1, 9};
        try (NativeTensor baselines = NativeTensor.ofFloats(new float[] {1, 1, 1, 1, baseline, 1}, 2, 3);
                Attributor attributor = method.open(model, baselines, options)) {
            assertThatThrownBy(() -> attributor.explain(row, 1))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining(message);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05})
    void ofAScoreIsRefusedWhereItIs(double error) {
        Model low = Tables.summed((ops, x) -> ops.op("Sqrt", ops.add(x, -2)));
        assertRefused(Method.GRADIENT_SHAP, low, error, 1, "score of class 1 is NaN at baseline 0");
        Model zero = Tables.summed((ops, x) -> ops.op("Log", x));
        assertRefused(Method.GRADIENT_SHAP, zero, error, 0, "score of class 1 is -Infinity at baseline 1");
        Model high = Tables.summed((ops, x) -> ops.op("Sqrt", ops.sub(ops.constant(2f), x)));
        assertRefused(Method.GRADIENT_SHAP, high, error, 1, "score of class 1 is NaN at the input");
    }

    /** The score 0 is finite, the slope of the root there is not. */
    @ParameterizedTest
    @CsvSource({"SALIENCY,0", "GRADIENT_SHAP,0", "GRADIENT_SHAP,0.05"})
    void ofAGradientIsRefused(Method method, double error) {
        Model model = Tables.summed((ops, x) -> ops.op("Sqrt", ops.op("Relu", ops.mul(x, 0))));
        assertRefused(method, model, error, 1, "the gradient of class 1 is NaN");
    }

    @ParameterizedTest
    @EnumSource(names = {"OCCLUSION", "RISE", "EXACT_SHAPLEY"})
    void ofAScoreIsRefusedByMethodsWithoutGradients(Method method) {
        Model model = Tables.summed((ops, x) -> ops.op("Sqrt", ops.add(x, -2)));
        assertRefused(method, model, 0, 1, "score of class 1 is NaN at the input or a changed copy of it");
    }

    @Test
    void ofScoresIsRefusedBeforeTheHighestIsLookedFor() {
        Model model = Tables.summed((ops, x) -> ops.op("Log", ops.add(x, -100)));
        try (NativeTensor baselines = NativeTensor.ofFloats(new float[] {200, 200, 200}, 1, 3);
                GradientShap shap = GradientShap.open(model, baselines, OPTIONS)) {
            assertThatThrownBy(() -> shap.explain(new float[] {1, 2, 3}))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("is NaN at the input");
        }
    }
}
