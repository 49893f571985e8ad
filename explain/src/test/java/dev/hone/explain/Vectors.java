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

/** The small networks and what Captum says of them; {@code captum_vectors.py} and {@code method_vectors.py} made both. */
final class Vectors {
    private static final Graph GRADIENT_SHAP = tensors("captum_vectors.onnx");
    private static final Graph METHODS = tensors("method_vectors.onnx");

    static final SamplingOptions OPTIONS = SamplingOptions.defaults()
            .withSession(SamplingOptions.defaults().session().withThreads(1));

    private Vectors() {}

    static Model read(String name) {
        return OnnxReader.read(bytes(name));
    }

    /** Named tensors; a file of them has no outputs and is no model. */
    static Graph tensors(String name) {
        return OnnxReader.readUnchanged(bytes(name)).graph();
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Model classifier() {
        return read("classifier.onnx");
    }

    static Tensor of(String name) {
        Graph graph = METHODS.find(name) == null ? GRADIENT_SHAP : METHODS;
        return graph.find(name).constant();
    }

    static float[] image() {
        return of("image").floats();
    }

    /** [4,3,16,12] */
    static NativeTensor baselines() {
        return NativeTensor.ofFloats(of("baselines").floats(), of("baselines").dims());
    }

    static NativeTensor black() {
        return NativeTensor.allocate(1, 1, 3, 16, 12);
    }

    /** The image's class 2 by GradientSHAP. */
    static Explanation explain(Model model, SamplingOptions options, PathSamples points) {
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(model, baselines, options)) {
            return shap.explain(image(), 2, points);
        }
    }

    /** @param relative to the largest of the expected values */
    static void assertClose(float[] actual, float[] expected, double relative) {
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertThat(largest).isPositive();
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(relative * largest));
        }
    }
}
