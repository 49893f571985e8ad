package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;

import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against shap's GradientExplainer given its draws; {@code shap_vectors.py} made the vectors. */
class ShapTest {
    private static final Graph VECTORS = Vectors.tensors("shap_vectors.onnx");

    private static Tensor vector(String network, String name) {
        return VECTORS.find(network + "_" + name).constant();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classifier", "table"})
    void equalsShapForEveryClass(String network) {
        Tensor given = vector(network, "baselines");
        float[] image = vector(network, "image").floats();
        float[] expected = vector(network, "attribution").floats();
        PathSamples points = PathSamples.given(
                vector(network, "index").longs(), vector(network, "alpha").floats());
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                GradientShap shap = GradientShap.open(Vectors.read(network + ".onnx"), baselines, OPTIONS)) {
            for (int c = 0; c < shap.classes(); c++) {
                float[] ofClass = Arrays.copyOfRange(expected, c * image.length, (c + 1) * image.length);
                assertClose(shap.explain(image, c, points).attribution(), ofClass, 1e-4);
            }
        }
    }
}
