package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.runtime.NativeTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the paper's product in PyTorch; {@code method_vectors.py} and {@code attention_vectors.py} made the vectors. */
class AttentionRolloutTest {
    private static Attributor open(Model model) {
        try (NativeTensor baselines = Vectors.baselines()) {
            return Method.ATTENTION_ROLLOUT.open(model, baselines, MethodOptions.of(OPTIONS));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void rolloutEqualsThePapersProduct(int fixedBatch) {
        Model model = Vectors.read("transformer.onnx");
        if (fixedBatch > 0) {
            model.graph().inputs().get(0).setShape(Shape.of(fixedBatch, 3, 16, 12));
        }
        try (Attributor rollout = open(model)) {
            Explanation e = rollout.explain(Vectors.image(), 0);
            float[] expected = Vectors.of("bilinear").floats();
            float[] found = e.perPixel();
            for (int i = 0; i < found.length; i++) {
                // 12 patches of 192 pixels: shares of a patch's value.
                found[i] *= 16;
            }
            assertClose(found, expected, 1e-4);
        }
    }

    private static Model multihead(int batch) {
        Model model = Vectors.read("attention.onnx");
        if (batch > 0) {
            model.graph().inputs().get(0).setShape(Shape.of(batch, 5, 4));
        }
        return model;
    }

    /** As torch.nn.MultiheadAttention is exported: [N * heads,tokens,tokens]. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void headsMayStandInTheBatch(int fixedBatch) {
        Graph vectors = Vectors.tensors("attention_vectors.onnx");
        try (NativeTensor none = NativeTensor.allocate(1, 1, 5, 4);
                Attributor rollout =
                        Method.ATTENTION_ROLLOUT.open(multihead(fixedBatch), none, MethodOptions.of(OPTIONS))) {
            float[] x = vectors.find("x").constant().floats();
            assertClose(
                    bySteps(rollout.explain(x, 0).attribution()),
                    vectors.find("attention_rollout").constant().floats(),
                    1e-4);
        }
    }

    private static float[] bySteps(float[] attribution) {
        float[] sums = new float[5];
        for (int i = 0; i < attribution.length; i++) {
            sums[i / 4] += attribution[i];
        }
        return sums;
    }

    @Test
    void refusesHeadsInABatchOfSeveralRows() {
        try (NativeTensor none = NativeTensor.allocate(1, 1, 5, 4)) {
            assertThatThrownBy(() -> Method.ATTENTION_ROLLOUT.open(multihead(3), none, MethodOptions.of(OPTIONS)))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("one row at a time");
        }
    }

    @Test
    void refusesModelsWithoutAttention() {
        assertThatThrownBy(() -> open(Vectors.classifier()))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("has no attention");
    }
}
