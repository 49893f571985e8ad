package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What all methods without gradients have in common. */
class PerturbationTest {
    /** Of a linear model, w (x - mean of the baselines), whatever the background. */
    @ParameterizedTest
    @CsvSource({"exact-shapley,1", "kernel-shap,24", "kernel-shap,64", "occlusion,1", "gradient-shap,20"})
    void linearModelsHaveOneAnswer(String method, int samples) {
        float[][] baselines = {{0, 1, 0, 2, 0, 1}, {1, 1, 1, 0, 0, 0}};
        float[] expected = new float[6];
        for (int i = 0; i < 6; i++) {
            expected[i] = Tables.WEIGHTS[i] * (Tables.ROW[i] - (baselines[0][i] + baselines[1][i]) / 2);
        }
        Explanation e = Tables.explain(Method.of(method), Tables.table(Tables::linear), baselines, samples, 3);
        assertClose(e.attribution(), expected, 1e-5);
        assertThat(e.score()).isCloseTo(0.5f - 2 + 6 - 3 - 1, within(1e-5f));
    }

    /** A step of a sequence is covered as a whole; masks let through half of what the step adds. */
    @ParameterizedTest
    @CsvSource({"rise,0.5,0.15", "occlusion,1,1e-5"})
    void stepsOfASequenceAreCoveredAsAWhole(String method, double share, double tolerance) {
        Model model = new Model(new Graph("sequence"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)));
        Ops ops = new Ops(model.graph());
        Value flat = ops.op("Flatten", x);
        model.graph().addOutput(ops.matmul(flat, ops.constant(Tensor.ofFloats(Tables.WEIGHTS, 6, 1))));
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 3, 2);
                Attributor attributor =
                        Method.of(method).open(model, zero, MethodOptions.of(OPTIONS.withSamples(20_000)))) {
            Explanation e = attributor.explain(Tables.ROW, 0);
            for (int i = 0; i < 6; i++) {
                int step = i / 2 * 2;
                double added =
                        Tables.WEIGHTS[step] * Tables.ROW[step] + Tables.WEIGHTS[step + 1] * Tables.ROW[step + 1];
                assertThat((double) e.attribution()[i]).isCloseTo(share * added, within(tolerance));
            }
        }
    }

    /** An operator without a gradient is no obstacle, and the methods with one say what works. */
    @Test
    void takesModelsWithoutGradients() {
        Model model = Tables.table((ops, x) -> {
            Value y = Tables.linear(ops, x);
            var quantize = ops.node("", "DynamicQuantizeLinear", Map.of(), 3, y);
            return ops.op("DequantizeLinear", quantize.outputs().toArray(Value[]::new));
        });
        Explanation e = Tables.explain(Method.EXACT_SHAPLEY, model, new float[1][6], 1, 0);
        float sum = 0;
        for (float a : e.attribution()) {
            sum += a;
        }
        assertThat(sum).isCloseTo(e.score() - e.expected(), within(1e-4f));
        assertThatThrownBy(() -> Tables.explain(Method.SALIENCY, model, new float[1][6], 1, 0))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("DequantizeLinear")
                .hasMessageContaining("that DynamicQuantizeLinear")
                .hasMessageEndingWith("methods that need no gradients: occlusion, rise, kernel-shap, exact-shapley");
    }

    /** Dynamic quantization takes its range from all rows of a batch: each copy of the input is scored for itself. */
    @Test
    void aRowsScoreDoesNotDependOnThoseBesideIt() {
        Model model = Tables.table((ops, x) -> {
            var quantize = ops.node("", "DynamicQuantizeLinear", Map.of(), 3, x);
            return Tables.linear(
                    ops, ops.op("DequantizeLinear", quantize.outputs().toArray(Value[]::new)));
        });
        float[] input = {0.31f, -0.52f, 0.77f, 0.93f, -0.11f, 0.64f};
        try (NativeTensor cover = NativeTensor.ofFloats(new float[] {0, 0, 0, 0, 0, 100}, 1, 6);
                Attributor occlusion = Method.OCCLUSION.open(model, cover, MethodOptions.of(OPTIONS))) {
            float[] attribution = occlusion.explain(input, 1).attribution();
            for (int column = 0; column < 5; column++) {
                float[] covered = input.clone();
                covered[column] = 0;
                float alone = occlusion.scores(input)[1] - occlusion.scores(covered)[1];
                assertThat(attribution[column]).isCloseTo(alone, within(1e-6f));
            }
        }
    }
}
