package dev.hone.benchmarks;

import dev.hone.explain.GradientShap;
import dev.hone.explain.PathSamples;
import dev.hone.explain.SamplingOptions;
import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Compares GradientSHAP with the result of another tool on the same samples, for {@code X.onnx} with {@code
 * X.vectors.onnx} from {@code explanation_vectors.py} in the same folder.
 */
final class ExplanationAgreement {
    private ExplanationAgreement() {}

    static void run(Path file) {
        String name = file.getFileName().toString().replace(".onnx", "");
        Graph vectors =
                OnnxReader.read(file.resolveSibling(name + ".vectors.onnx")).graph();
        Tensor given = vectors.find("baselines").constant();
        float[] image = vectors.find("image").constant().floats();
        int target = (int) vectors.find("target").constant().longs()[0];
        try (NativeTensor baselines = NativeTensor.ofFloats(given.floats(), given.dims());
                GradientShap shap = GradientShap.open(OnnxReader.read(file), baselines, SamplingOptions.defaults())) {
            for (String tool : new String[] {"captum", "shap"}) {
                PathSamples draws = PathSamples.given(
                        vectors.find(tool + "_index").constant().longs(),
                        vectors.find(tool + "_alpha").constant().floats());
                float[] found = shap.explain(image, target, draws).attribution();
                float[] tools = vectors.find(tool + "_attribution").constant().floats();
                float[] exact = vectors.find(tool + "_exact").constant().floats();
                System.out.printf(
                        Locale.ROOT,
                        "%s, %d samples of %s: relative difference %.1e; from double precision hone %.1e, %s %.1e%n",
                        file.getFileName(),
                        draws.rows(),
                        tool,
                        difference(found, tools),
                        difference(found, exact),
                        tool,
                        difference(tools, exact));
            }
        }
    }

    /** The Euclidean norm of the difference relative to the norm of the second array. */
    private static double difference(float[] of, float[] from) {
        double squares = 0;
        double length = 0;
        for (int i = 0; i < of.length; i++) {
            squares += Math.pow(of[i] - (double) from[i], 2);
            length += (double) from[i] * from[i];
        }
        return Math.sqrt(squares / length);
    }
}
