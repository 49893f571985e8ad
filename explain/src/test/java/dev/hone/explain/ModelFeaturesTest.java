package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFeaturesTest {
    /** The head's weights [classes,features] and bias make PyTorch's scores of them. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void theLastLayerMakesTheScoresOfThem(int fixedBatch) {
        Model model = Vectors.classifier();
        float[] weights = model.graph().find("head.weight").constant().floats();
        float[] bias = model.graph().find("head.bias").constant().floats();
        if (fixedBatch > 0) {
            model.graph().inputs().get(0).setShape(Shape.of(fixedBatch, 3, 16, 12));
        }
        try (NativeTensor example = Vectors.black();
                ModelFeatures features = ModelFeatures.open(model, example, OPTIONS)) {
            float[] found = features.of(Vectors.image());
            assertThat(found).hasSize(weights.length / bias.length);
            float[] scores = bias.clone();
            for (int i = 0; i < weights.length; i++) {
                scores[i / found.length] += weights[i] * found[i % found.length];
            }
            assertClose(scores, Vectors.of("scores").floats(), 1e-5);
        }
    }

    @Test
    void refusesAModelWithoutWeights() {
        Graph graph = new Graph("none");
        Ops ops = new Ops(graph);
        graph.addOutput(ops.op("Tanh", graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)))));
        try (NativeTensor example = NativeTensor.allocate(1, 1, 3)) {
            assertThatThrownBy(() -> ModelFeatures.open(new Model(graph), example, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("no layer of weights before its scores");
        }
    }
}
