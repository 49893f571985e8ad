package dev.hone.benchmarks;

import dev.hone.explain.Draws;
import dev.hone.explain.ExplainOptions;
import dev.hone.explain.GradientShap;
import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How far GradientSHAP is from what another tool made of the same draws: of {@code X.onnx} beside {@code X.vectors.onnx},
 * which {@code explanation_vectors.py} writes.
 */
final class ExplanationAgreement {
    private ExplanationAgreement() {}

    private record Given(long[] index, float[] alphas) implements Draws {
        @Override
        public int rows() {
            return index.length;
        }

        @Override
        public int baseline(int row) {
            return (int) index[row];
        }

        @Override
        public float alpha(int row) {
            return alphas[row];
        }

        @Override
        public boolean noisy() {
            return false;
        }

        @Override
        public void noise(int row, FloatBuffer to) {
            throw new IllegalStateException("there is no noise");
        }
    }

    static void run(Path file) {
        String name = file.getFileName().toString().replace(".onnx", "");
        Graph vectors =
                OnnxReader.read(file.resolveSibling(name + ".vectors.onnx")).graph();
        Tensor given = vectors.find("baselines").constant();
        float[] image = vectors.find("image").constant().floats();
        int target = (int) vectors.find("target").constant().longs()[0];
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                GradientShap shap = GradientShap.open(OnnxReader.read(file), baselines, ExplainOptions.defaults())) {
            for (String tool : new String[] {"captum", "shap"}) {
                Draws draws = new Given(
                        vectors.find(tool + "_index").constant().longs(),
                        vectors.find(tool + "_alpha").constant().floats());
                float[] found = shap.explain(image, target, draws).attribution();
                float[] expected =
                        vectors.find(tool + "_attribution").constant().floats();
                double difference = 0;
                double length = 0;
                double most = 0;
                double largest = 0;
                for (int i = 0; i < found.length; i++) {
                    double d = found[i] - (double) expected[i];
                    difference += d * d;
                    length += (double) expected[i] * expected[i];
                    most = Math.max(most, Math.abs(d));
                    largest = Math.max(largest, Math.abs(expected[i]));
                }
                System.out.printf(
                        Locale.ROOT,
                        "%s against %s, %d samples: relative error %.1e (norm), %.1e (largest)%n",
                        file.getFileName(),
                        tool,
                        draws.rows(),
                        Math.sqrt(difference / length),
                        most / largest);
            }
        }
    }
}
