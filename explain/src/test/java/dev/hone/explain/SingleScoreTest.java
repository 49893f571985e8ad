package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model with one score is explained alike whether it gives it as [N,1] or, as regressors do, as [N]. */
class SingleScoreTest {
    private static final float[] ROW = {0.4f, -1.1f, 0.7f};
    private static final float[] BASELINES = {0, 0, 0, 1, 0.5f, -1};

    private static final Map<String, BiFunction<Ops, Value, Value>> ENDS = Map.of(
            "Squeeze", (ops, y) -> ops.squeeze(y, 1),
            "Squeeze without axes", (ops, y) -> ops.op("Squeeze", y),
            "Reshape", (ops, y) -> ops.op("Reshape", y, ops.constant(Tensor.ofLongs(new long[] {-1}, 1))),
            "Gather", (ops, y) -> ops.op("Gather", Map.of("axis", 1), y, ops.constant(Tensor.ofLongs(new long[] {0}))),
            "ReduceSum", (ops, y) -> ops.reduceSum(ops.mul(y, 1.0), false, 1),
            "Sigmoid, Squeeze", (ops, y) -> ops.squeeze(ops.op("Sigmoid", y), 1),
            "Squeeze, Sigmoid", (ops, y) -> ops.op("Sigmoid", ops.squeeze(y, 1)));

    private static Model model(BiFunction<Ops, Value, Value> end) {
        Model model = new Model(new Graph("regressor"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)));
        Ops ops = new Ops(model.graph());
        Value hidden = ops.op("Tanh", ops.op("MatMul", x, weights(ops, 3, 4)));
        model.graph().addOutput(end.apply(ops, ops.op("MatMul", hidden, weights(ops, 4, 1))));
        return model;
    }

    private static Value weights(Ops ops, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(1 + 3 * i);
        }
        return ops.constant(Tensor.ofFloats(values, rows, columns));
    }

    private static Explanation explain(Method method, SamplingOptions options, BiFunction<Ops, Value, Value> end) {
        try (NativeTensor baselines = NativeTensor.ofFloats(BASELINES, 2, 3);
                Attributor attributor = method.open(model(end), baselines, MethodOptions.of(options))) {
            assertThat(attributor.classes()).isEqualTo(1);
            assertThat(attributor.predicted(ROW)).isZero();
            return attributor.explain(ROW, 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "INTEGRATED_GRADIENTS", "SMOOTH_GRAD", "OCCLUSION", "RISE", "KERNEL_SHAP"})
    void isExplainedAsWithAnAxisOfClasses(Method method) {
        SamplingOptions options = OPTIONS.withSamples(20);
        Explanation expected = explain(method, options, (ops, y) -> y);
        assertThat(expected.attribution()).doesNotContain(0);
        ENDS.forEach((name, end) -> {
            Explanation e = explain(method, options, end);
            assertThat(e.attribution()).as(name).containsExactly(expected.attribution());
            assertThat(e.standardError()).as(name).containsExactly(expected.standardError());
            assertThat(e.score()).as(name).isEqualTo(expected.score());
        });
    }

    /** Where probabilities are asked for, the Sigmoid counts, before the axis goes or after. */
    @Test
    void keepsTheSigmoidWhereProbabilitiesAreExplained() {
        SamplingOptions options = OPTIONS.withLogits(false);
        Explanation expected = explain(Method.EXACT_SHAPLEY, options, (ops, y) -> ops.op("Sigmoid", y));
        assertThat(expected.score()).isBetween(0f, 1f);
        for (String name : new String[] {"Sigmoid, Squeeze", "Squeeze, Sigmoid"}) {
            Explanation e = explain(Method.EXACT_SHAPLEY, options, ENDS.get(name));
            assertThat(e.attribution()).as(name).containsExactly(expected.attribution());
        }
    }

    @Test
    void otherFormsAreRefused() {
        assertThatThrownBy(() -> explain(Method.OCCLUSION, OPTIONS, (ops, y) -> ops.reduceSum(y, false, 0, 1)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("expected scores [N,classes], or [N] where there is a single one");
        assertThatThrownBy(() -> explain(Method.OCCLUSION, OPTIONS, (ops, y) -> ops.reduceSum(y, false, 0)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("where there is a single one");
        assertThatThrownBy(() ->
                        explain(Method.OCCLUSION, OPTIONS, (ops, y) -> ops.cast(ops.squeeze(y, 1), ElementType.INT64)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("in floats");
    }
}
