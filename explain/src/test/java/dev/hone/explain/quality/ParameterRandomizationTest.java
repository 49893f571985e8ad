package dev.hone.explain.quality;

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
import dev.hone.graph.onnx.OnnxReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterRandomizationTest {
    private final Model model;

    ParameterRandomizationTest() throws IOException {
        try (InputStream in =
                ParameterRandomizationTest.class.getResourceAsStream("/dev/hone/explain/classifier.onnx")) {
            model = OnnxReader.read(in.readAllBytes());
        }
    }

    /** What a quantized layer learned are the integers in front of its DequantizeLinear. */
    @Test
    void shufflesTheIntegersOfQuantizedLayers() {
        Graph graph = new Graph("quantized");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(6)));
        Value integers = ops.constant(Tensor.of(ElementType.INT8, new long[] {6, 1}, new byte[] {1, 2, 3, 4, 5, 6}));
        integers.setName("integers");
        graph.addOutput(ops.matmul(x, ops.op("DequantizeLinear", integers, ops.constant(0.5f))));
        Model quantized = new Model(graph);
        assertThat(ParameterRandomization.layers(quantized)).containsExactly("integers");
        byte[] shuffled = new byte[6];
        ParameterRandomization.top(quantized, 1, 1)
                .graph()
                .find("integers")
                .constant()
                .buffer()
                .get(shuffled);
        assertThat(shuffled).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6).isNotEqualTo(new byte[] {1, 2, 3, 4, 5, 6});
    }

    private static float[] weights(Model model, String name) {
        return model.graph().find(name).constant().floats();
    }

    @Test
    void shufflesTheLayersFromTheTop() {
        List<String> layers = ParameterRandomization.layers(model);
        // The network's five layers as PyTorch names them, the head first.
        assertThat(layers)
                .containsExactly(
                        "head.weight", "down.0.weight", "pointwise.0.weight", "depthwise.0.weight", "stem.0.weight");
        Model changed = ParameterRandomization.top(model, 2, 1);
        for (int i = 0; i < layers.size(); i++) {
            float[] before = weights(model, layers.get(i));
            float[] after = weights(changed, layers.get(i));
            assertThat(after).as(layers.get(i)).containsExactlyInAnyOrder(before);
            if (i < 2) {
                assertThat(after).isNotEqualTo(before);
            } else {
                assertThat(after).isEqualTo(before);
            }
        }
        assertThat(weights(ParameterRandomization.top(model, 2, 1), layers.get(0)))
                .isEqualTo(weights(changed, layers.get(0)));
        assertThatThrownBy(() -> ParameterRandomization.top(model, 6, 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("has 5");
    }
}
