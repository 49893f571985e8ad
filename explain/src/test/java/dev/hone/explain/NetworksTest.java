package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Captum's GradientShap on networks of several kinds; {@code network_vectors.py} made them and the vectors. */
class NetworksTest {
    private static final Graph VECTORS = Vectors.tensors("network_vectors.onnx");

    private static Model read(String name) {
        try (InputStream in = NetworksTest.class.getResourceAsStream(name)) {
            return OnnxReader.read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor vector(String name) {
        return VECTORS.find(name).constant();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "mobilenetv2", "sequence", "table"})
    void equalsCaptum(String name) {
        Tensor given = vector(name + "_baselines");
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                GradientShap shap = GradientShap.open(read(name + ".onnx"), baselines, SamplingOptions.defaults())) {
            Explanation e = shap.explain(
                    vector(name + "_image").floats(),
                    3,
                    PathSamples.given(
                            vector(name + "_index").longs(),
                            vector(name + "_alpha").floats()));
            assertClose(e.attribution(), vector(name + "_attribution").floats());
            assertClose(e.rowDeltas(), vector(name + "_delta").floats());
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertThat(largest).isPositive();
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(1e-4 * largest));
        }
    }
}
