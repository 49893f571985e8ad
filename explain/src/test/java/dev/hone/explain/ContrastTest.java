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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why a class rather than another; the vectors are Captum's, of class 2. */
class ContrastTest {
    private static final int THAN = 1;

    private static Explanation explain(Method method, int target, int than) {
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(50)).withContrast(than);
        try (NativeTensor black = Vectors.black();
                Attributor attributor = method.open(Vectors.classifier(), black, options)) {
            return attributor.explain(Vectors.image(), target);
        }
    }

    /** Gradients are linear in the score, and so is what is a sum of them. */
    @Test
    void isTheDifferenceOfTwoExplanations() {
        float[] sum = explain(Method.INTEGRATED_GRADIENTS, 2, THAN).attribution();
        float[] other = explain(Method.INTEGRATED_GRADIENTS, THAN, -1).attribution();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
        }
        assertClose(sum, Vectors.of("integrated_zero").floats(), 1e-4);
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "INTEGRATED_GRADIENTS", "OCCLUSION", "RISE", "SMOOTH_GRAD"})
    void comparesTheMargins(Method method) {
        Explanation margin = explain(method, 2, THAN);
        assertThat((double) margin.score())
                .isCloseTo(
                        explain(method, 2, -1).score()
                                - explain(method, THAN, -1).score(),
                        within(1e-5));
        assertThat(margin.attribution()).isNotEqualTo(explain(method, 2, -1).attribution());
        assertThat(explain(method, THAN, THAN).attribution()).containsOnly(0);
    }

    @Test
    void refusesAClassThatThereIsNot() {
        assertThatThrownBy(() -> explain(Method.SALIENCY, 2, 5))
                .isInstanceOf(GraphException.class)
                .hasMessage("class 5 is to be compared with, the model has classes 0 to 4");
    }

    @Test
    void refusesASingleScoreThatThereIsNothingToCompareWith() {
        Graph graph = new Graph("regressor");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Ops ops = new Ops(graph);
        graph.addOutput(ops.op("MatMul", x, ops.constant(Tensor.ofFloats(new float[] {1, 2}, 2, 1))));
        assertThatThrownBy(() -> Contrast.of(new Model(graph), true, 1))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(
                        "class 1 is to be compared with, the model has a single score, which is class 0;");
    }
}
