package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that draw at random inside. */
class RandomOperatorsTest {
    /** The classifier with its scores led through what is random, or not. */
    private static Model ending(String op, boolean read) {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        Value scores = graph.outputs().get(0);
        Value half = ops.constant(0.5f);
        Value random =
                switch (op) {
                    case "Dropout" -> ops.op(op, scores, half, ops.constant(Tensor.ofBools(new boolean[] {true})));
                    case "RandomNormal", "RandomUniform" -> ops.op(op, Map.of("shape", new long[] {1, 5}));
                    case "Multinomial" -> ops.cast(ops.op(op, Map.of("sample_size", 1), scores), ElementType.FLOAT);
                    case "Bernoulli" -> ops.op(op, ops.op("Sigmoid", scores));
                    default -> ops.op(op, scores);
                };
        Value last = random;
        while (last.producer().op().equals("Cast")) {
            last = last.producer().input(0);
        }
        last.producer().setName("dice");
        if (read) {
            graph.setOutput(0, ops.add(random, scores));
        }
        return model;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RandomNormal",
                "RandomUniform",
                "RandomNormalLike",
                "RandomUniformLike",
                "Bernoulli",
                "Multinomial",
                "Dropout"
            })
    void isRefusedByNodeName(String op) {
        try (NativeTensor black = Vectors.black()) {
            for (Method method : new Method[] {Method.GRADIENT_SHAP, Method.GRAD_CAM, Method.OCCLUSION}) {
                assertThatThrownBy(() -> method.open(ending(op, true), black, MethodOptions.of(OPTIONS)))
                        .as(method.label())
                        .isInstanceOf(GraphException.class)
                        .hasMessageStartingWith(op + " 'dice' is random")
                        .hasMessageContaining("export the model in inference mode");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT_SHAP", "OCCLUSION"})
    void offTheWayToTheScoresIsNoMatter(Method method) {
        try (NativeTensor black = Vectors.black();
                Attributor attributor =
                        method.open(ending("RandomNormalLike", false), black, MethodOptions.of(OPTIONS))) {
            assertThat(attributor.classes()).isEqualTo(5);
        }
    }

    /** A Dropout whose mask is read stays in the graph; in inference mode it draws nothing. */
    @Test
    void aDropoutThatIsOffIsNoMatter() {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        Value off = ops.constant(Tensor.ofBools(new boolean[] {false}));
        var dropout = ops.node("", "Dropout", Map.of(), 2, graph.outputs().get(0), ops.constant(0.5f), off);
        Value mask = ops.cast(dropout.output(1), ElementType.FLOAT);
        graph.setOutput(0, ops.add(dropout.output(0), ops.mul(mask, 0)));
        try (NativeTensor black = Vectors.black();
                Attributor attributor = Method.OCCLUSION.open(model, black, MethodOptions.of(OPTIONS))) {
            assertThat(attributor.classes()).isEqualTo(5);
        }
    }
}
