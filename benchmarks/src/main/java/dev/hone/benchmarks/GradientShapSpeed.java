package dev.hone.benchmarks;

import dev.hone.explain.GradientShap;
import dev.hone.explain.SamplingOptions;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/** Gradients per second of GradientSHAP: 50 samples, 16 baselines, median of seven explanations. */
final class GradientShapSpeed {
    private static final int SAMPLES = 50;
    private static final int BASELINES = 16;
    private static final int RUNS = 7;

    private GradientShapSpeed() {}

    static void run(Path file) {
        Model model = OnnxReader.read(file);
        long[] dims = SyntheticInputs.dims(model, BASELINES);
        Random random = new Random(1);
        float[] background = SyntheticInputs.gaussian(dims, random);
        dims[0] = 1;
        float[] image = SyntheticInputs.gaussian(dims, random);
        dims[0] = BASELINES;
        try (NativeTensor baselines = NativeTensor.ofFloats(background, dims);
                GradientShap shap = GradientShap.open(
                        model, baselines, SamplingOptions.defaults().withSamples(SAMPLES))) {
            shap.explain(image, 3);
            double[] speeds = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                long start = System.nanoTime();
                shap.explain(image, 3);
                speeds[i] = SAMPLES / ((System.nanoTime() - start) / 1e9);
            }
            Arrays.sort(speeds);
            System.out.printf(Locale.ROOT, "%s {'hone': '%.1f gradients/s'}%n", file.getFileName(), speeds[RUNS / 2]);
        }
    }
}
