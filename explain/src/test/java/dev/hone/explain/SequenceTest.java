package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.runtime.NativeTensor;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of a Transformer's sequence, against Captum and PyTorch; {@code sequence_vectors.py} made the vectors. */
class SequenceTest {
    private static final Graph GIVEN = Vectors.tensors("network_vectors.onnx");
    private static final Graph EXPECTED = Vectors.tensors("sequence_vectors.onnx");
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
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples));
        Vectors.assertClose(
                explain(Method.of(method), options).attribution(),
                EXPECTED.find(expected).constant().floats(),
                1e-4);
    }

    /** Of 700 intervals of 95 %, from fewer coalitions than there are. */
    @ParameterizedTest
    @ValueSource(ints = {60, 80, 100})
    void kernelShapsErrorBarsHoldCaptumsExactValues(int samples) {
        float[] exact = EXPECTED.find("exact_shapley").constant().floats();
        int inside = 0;
        for (int seed = 0; seed < 100; seed++) {
            Explanation e = explain(
                    Method.KERNEL_SHAP,
                    MethodOptions.of(OPTIONS.withSamples(samples).withSeed(seed)));
            for (int step = 0; step < STEPS; step++) {
                inside += Math.abs(e.attribution()[step] - exact[step]) <= e.errorBar(step, 0.95) ? 1 : 0;
            }
        }
        assertThat(inside / (100.0 * STEPS)).isGreaterThanOrEqualTo(0.93);
    }

    private static Explanation explain(Method method, MethodOptions options) {
        Tensor given = GIVEN.find("sequence_baselines").constant();
        Groups steps = Groups.named(IntStream.range(0, STEPS * FEATURES)
                .mapToObj(i -> Integer.toString(i / FEATURES))
                .toList());
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                Attributor attributor = method.open(Vectors.read("sequence.onnx"), baselines, options)) {
            return attributor.explain(GIVEN.find("sequence_image").constant().floats(), 3, steps);
        }
    }
}
