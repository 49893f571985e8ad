package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;

import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.runtime.NativeTensor;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a Transformer's sequence, against Captum and PyTorch; {@code sequence_vectors.py} made the vectors. */
class SequenceTest {
    private static final Graph GIVEN = Vectors.read("network_vectors.onnx").graph();
    private static final Graph EXPECTED = Vectors.read("sequence_vectors.onnx").graph();
    private static final int STEPS = 7;
    private static final int FEATURES = 12;

    @ParameterizedTest
    @CsvSource({
        "saliency, saliency, 1",
        "input-x-gradient, input_x_gradient, 1",
        "integrated-gradients, integrated_gradients, 40",
        "occlusion, occlusion, 1",
        "exact-shapley, exact_shapley, 1",
        "kernel-shap, exact_shapley, 128",
        "attention-rollout, attention_rollout, 1"
    })
    void sumsOverTheFeaturesOfAStepEqualCaptums(String method, String expected, int samples) {
        Tensor given = GIVEN.find("sequence_baselines").constant();
        Groups steps = Groups.named(IntStream.range(0, STEPS * FEATURES)
                .mapToObj(i -> Integer.toString(i / FEATURES))
                .toList());
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples));
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                Attributor attributor = Method.of(method).open(Vectors.read("sequence.onnx"), baselines, options)) {
            float[] x = GIVEN.find("sequence_image").constant().floats();
            Vectors.assertClose(
                    attributor.explain(x, 3, steps).attribution(),
                    EXPECTED.find(expected).constant().floats(),
                    1e-4);
        }
    }
}
