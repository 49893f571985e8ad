package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.Dim;
import dev.hone.graph.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What cannot be explained is refused by name, not drawn. */
class RefusalsTest {
    private static final float[] ROW = {1, 2, 3, 4};

    private static Model model(BiFunction<Ops, Value, Value> body) {
        Model model = new Model(new Graph("net"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(4)));
        Ops ops = new Ops(model.graph());
        Value y = ops.matmul(body.apply(ops, x), ops.constant(Tensor.filled(ElementType.FLOAT, 1, 4, 2)));
        model.graph().addOutput(y);
        return model;
    }

    private static Explanation explain(
            BiFunction<Ops, Value, Value> body, float[] row, float[] baseline, ExplainOptions options) {
        try (NativeTensor baselines = NativeTensor.ofFloats(baseline, baseline.length / 4, 4);
                GradientShap shap = GradientShap.open(model(body), baselines, options)) {
            return shap.explain(row, 0);
        }
    }

    private static Explanation explain(BiFunction<Ops, Value, Value> body, float[] row, float[] baseline) {
        return explain(body, row, baseline, ExplainOptions.defaults());
    }

    @Test
    void numbersThatAreNotFiniteAreNamed() {
        BiFunction<Ops, Value, Value> square = (ops, x) -> ops.mul(x, x);
        assertThatThrownBy(() -> explain(square, new float[] {1, Float.NaN, 0, 0}, new float[4]))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("the input holds NaN at element 1");
        assertThatThrownBy(() -> explain(square, ROW, new float[] {0, 0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, 0}))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("baseline 1 holds Infinity at element 2");
        assertThatThrownBy(() -> explain((ops, x) -> ops.op("Log", x), ROW, new float[] {-1, 1, 1, 1}))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("the model's output")
                .hasMessageContaining("NaN");
    }

    /** The root of (x - 1)^2 has a score everywhere; between -1 and 3 there is a point without a gradient. */
    @Test
    void gradientsThatAreNotFiniteAreNamed() {
        BiFunction<Ops, Value, Value> root = (ops, x) -> ops.op("Sqrt", ops.op("Relu", ops.sub(x, ops.constant(10f))));
        ExplainOptions options = ExplainOptions.defaults();
        for (ExplainOptions each : List.of(options, options.withError(0.1))) {
            assertThatThrownBy(() -> explain(root, ROW, new float[4], each))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("the attribution holds NaN at element 0");
        }
    }

    @Test
    void modelsThatDrawAtRandomAreNamed() {
        assertThatThrownBy(() -> explain((ops, x) -> ops.add(x, ops.op("RandomNormalLike", x)), ROW, new float[4]))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("RandomNormalLike")
                .hasMessageContaining("draws at random");
        BiFunction<Ops, Value, Value> dropout = (ops, x) -> ops.op(
                "Dropout", Map.of(), x, ops.constant(0.5f), ops.constant(Tensor.ofBytes(ElementType.BOOL, new byte[] {1
                })));
        assertThatThrownBy(() -> explain(dropout, ROW, new float[4]))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Dropout");
    }

    @Test
    void anErrorIsNotToldFromOneSample() {
        ExplainOptions one = ExplainOptions.defaults().withError(0.1).withSamples(1);
        assertThatThrownBy(() -> explain((ops, x) -> ops.mul(x, x), ROW, new float[4], one))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("from 1 samples, expected 3 or more");
    }

    /** Samples that are left over are not taken where too few to tell an error by themselves. */
    @Test
    void aRoundHasAsManySamplesAsTellAnError() {
        ExplainOptions options = ExplainOptions.defaults().withError(1e-6).withSamples(17);
        Explanation explanation = explain((ops, x) -> ops.mul(x, ops.mul(x, x)), ROW, new float[4], options);
        assertThat(explanation.samples()).isEqualTo(16);
        assertThat(explanation.relativeError()).isFinite();
    }

    @Test
    void aMapOfZerosSaysSo() {
        BiFunction<Ops, Value, Value> square = (ops, x) -> ops.mul(x, x);
        assertThat(explain(square, ROW, ROW).isZero()).isTrue();
        assertThat(explain((ops, x) -> ops.op("Round", x), ROW, new float[4]).isZero())
                .isTrue();
        assertThat(explain(square, ROW, new float[4]).isZero()).isFalse();
    }
}
