package dev.hone.benchmarks;

import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.GradientShap;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Gradients per second of GradientSHAP with 50 samples and 16 baselines: arguments are ONNX files of classifiers. Open
 * image sizes are taken as 224. Compare with the Python peers on the same machine, which must be quiet.
 */
public final class GradientShapSpeed {
    private static final int THREADS = 2;
    private static final int BASELINES = 16;
    private static final int REPEATS = 5;

    private GradientShapSpeed() {}

    public static void main(String[] args) {
        for (String file : args) {
            Model model = OnnxReader.read(Path.of(file));
            Shape shape = model.graph().inputs().get(0).shape();
            long[] dims = {BASELINES, shape.size(1), size(shape, 2), size(shape, 3)};
            for (int chunk : new int[] {1, 2, 4, 8}) {
                System.out.printf(
                        Locale.ROOT,
                        "%s, chunks of %d: %.1f gradients/s%n",
                        Path.of(file).getFileName(),
                        chunk,
                        gradientsPerSecond(model, dims, chunk));
            }
        }
    }

    private static long size(Shape shape, int axis) {
        return shape.dim(axis).value().orElse(224);
    }

    /** The median of a few explanations after one to warm up. */
    private static double gradientsPerSecond(Model model, long[] dims, int chunk) {
        ExplainOptions options = ExplainOptions.defaults()
                .withChunk(chunk)
                .withSession(SessionOptions.defaults().withThreads(THREADS));
        int pixels = (int) (dims[1] * dims[2] * dims[3]);
        Random random = new Random(1);
        try (NativeTensor baselines = NativeTensor.ofFloats(normal(random, BASELINES * pixels), dims);
                GradientShap shap = GradientShap.open(model, baselines, options)) {
            float[] image = normal(random, pixels);
            shap.explain(image, 0);
            double[] speeds = new double[REPEATS];
            for (int i = 0; i < REPEATS; i++) {
                Explanation explanation = shap.explain(image, 0);
                speeds[i] = explanation.gradientsPerSecond();
            }
            Arrays.sort(speeds);
            return speeds[REPEATS / 2];
        }
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
