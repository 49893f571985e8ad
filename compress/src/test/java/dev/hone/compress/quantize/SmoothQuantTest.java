package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmoothQuantTest {
    /** A normalization over 144 positions with two outlier channels, read by two products. */
    private static Model model() {
        return TestNets.of((n, x) -> {
            Value rows = n.ops.op("Reshape", x, n.ops.vector(0, 16, 144));
            float[] scale = new float[144];
            for (int i = 0; i < scale.length; i++) {
                scale[i] = i % 70 == 3 ? 80 : 1;
            }
            Value normal = n.ops.op(
                    "LayerNormalization",
                    Map.of("axis", -1),
                    rows,
                    n.graph.addConstant(Tensor.ofFloats(scale, 144)),
                    n.weights(0.1, 144));
            Value a = n.ops.matmul(normal, n.weights(0.1, 144, 144));
            Value b = n.ops.matmul(normal, n.weights(0.1, 144, 144));
            Value image = n.ops.op("Reshape", n.ops.add(a, b), n.ops.vector(0, 16, 12, 12));
            return n.conv(image, 8, 1, 1);
        });
    }

    private static List<Node> nodes(Model model, String op) {
        return model.graph().nodes().stream().filter(n -> n.is(op)).toList();
    }

    @Test
    void computesTheSameAndQuantizesBetter() {
        Model model = model();
        QuantizerOptions options =
                QuantizerOptions.defaults().withReduceRange(false).withMethod(CalibrationMethod.MIN_MAX);
        try (NativeTensor images = TestNets.images(8, 1);
                NativeTensor x = TestNets.images(8, 2)) {
            CalibrationData data = CalibrationData.of(List.of(images));
            Model smooth = SmoothQuant.apply(model, data, SessionOptions.defaults());
            float[] expected = TestNets.run(model, x, "y");
            assertThat(TestNets.decibels(expected, TestNets.run(smooth, x, "y")))
                    .isGreaterThan(90);
            // The convolutions stay in FP32, so that the noise is that of the two products.
            Set<String> rest = Set.of("y");
            double plain = TestNets.decibels(expected, quantized(model, data, options.withKeepFp32(rest), x));
            double better = TestNets.decibels(expected, quantized(smooth, data, options.withKeepFp32(rest), x));
            assertThat(better).isGreaterThan(plain + 3);
        }
    }

    private static float[] quantized(Model model, CalibrationData data, QuantizerOptions options, NativeTensor x) {
        return TestNets.run(
                Quantizer.quantize(model, data, options, Progress.NONE).model(), x, "y");
    }

    /** {@code max|x_j| / s_j = sqrt(max|x_j| max|W_j|) = max|s_j W_j|}. */
    @Test
    void activationsAndWeightsShareTheRange() {
        Model model = model();
        try (NativeTensor images = TestNets.images(8, 1)) {
            Model smooth = SmoothQuant.apply(model, CalibrationData.of(List.of(images)), SessionOptions.defaults());
            Node norm = nodes(smooth, "LayerNormalization").get(0);
            float[] scale = norm.input(1).constant().floats();
            float[] before = nodes(model, "LayerNormalization")
                    .get(0)
                    .input(1)
                    .constant()
                    .floats();
            float[] w = nodes(smooth, "MatMul").get(0).input(1).constant().floats();
            float[] old = nodes(model, "MatMul").get(0).input(1).constant().floats();
            for (int j = 0; j < 144; j++) {
                assertThat(w[j * 144] / old[j * 144] * scale[j] / before[j]).isBetween(0.999f, 1.001f);
            }
            assertThat(scale[3] / before[3]).isLessThan(0.3f);
        }
    }
}
