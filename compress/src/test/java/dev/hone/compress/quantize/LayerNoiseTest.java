package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerNoiseTest {
    /** Without its weights, the third convolution of four has nothing right any more; what comes before it has. */
    @Test
    void showsWhereTheNoiseComesFrom() {
        Model model = TestNets.of("residual");
        try (NativeTensor images = TestNets.images(4, 1)) {
            Model quantized = Quantizer.quantize(
                            model,
                            CalibrationData.of(List.of(images)),
                            QuantizeOptions.defaults(),
                            ProgressListener.NONE)
                    .model();
            List<LayerNoise> good = LayerNoise.measure(model, quantized, images, SessionOptions.defaults());
            assertThat(good).hasSizeGreaterThanOrEqualTo(6).allSatisfy(layer -> assertThat(layer.decibels())
                    .isGreaterThan(20));

            List<Node> convs =
                    quantized.graph().nodes().stream().filter(n -> n.is("Conv")).toList();
            Value weights = convs.get(2).input(1).producer().input(0);
            weights.setConstant(
                    Tensor.filled(ElementType.INT8, 0, weights.constant().dims()));
            List<LayerNoise> broken = LayerNoise.measure(model, quantized, images, SessionOptions.defaults());
            assertThat(broken.subList(0, 2)).isEqualTo(good.subList(0, 2));
            assertThat(broken.get(2).decibels()).isLessThan(3);
        }
    }
}
