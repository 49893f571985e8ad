package dev.hone.benchmarks;

import dev.hone.explain.Explanation;
import dev.hone.explain.GradientShap;
import dev.hone.explain.PathSamples;
import dev.hone.explain.SamplingOptions;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Samples and time until an attribution map is within 5 % of the converged one: Hone's sampling against independent
 * sampling, as in other tools. The image is a synthetic surface with a scratch; the 16 baselines are other surfaces.
 */
final class ExplanationConvergence {
    private static final int BASELINES = 16;
    private static final int CONVERGED = 20_000;
    private static final double CLOSE = 0.05;
    private static final int SEEDS = 3;

    private ExplanationConvergence() {}

    static void run(Path file) throws IOException {
        Model model = OnnxReader.read(file);
        long[] dims = SyntheticInputs.dims(model, BASELINES);
        List<float[]> images = surfaces(dims);
        float[] all = new float[BASELINES * images.get(0).length];
        for (int i = 0; i < BASELINES; i++) {
            System.arraycopy(images.get(i + 1), 0, all, i * images.get(0).length, images.get(0).length);
        }
        float[] image = images.get(0);
        try (NativeTensor baselines = NativeTensor.ofFloats(all, dims);
                GradientShap shap = GradientShap.open(model, baselines, SamplingOptions.defaults())) {
            int target = shap.explain(image).target();
            float[] converged = shap.explain(image, target, PathSamples.seeded(1000, CONVERGED, BASELINES, 0))
                    .attribution();
            int own = 0;
            double error = 1;
            double seconds = 0;
            // Multiples of the number of baselines, a quarter more each time.
            for (double turns = 3; error > CLOSE; turns *= 1.25) {
                own = (int) Math.round(turns) * BASELINES;
                long start = System.nanoTime();
                double squares = 0;
                for (int seed = 0; seed < SEEDS; seed++) {
                    Explanation e = shap.explain(image, target, PathSamples.seeded(seed, own, BASELINES, 0));
                    squares += Math.pow(distance(e.attribution(), converged), 2) / SEEDS;
                }
                error = Math.sqrt(squares);
                seconds = (System.nanoTime() - start) / 1e9 / SEEDS;
            }
            int few = 400;
            double squares = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                Explanation e = shap.explain(image, target, independent(new Random(seed * 7919L + 1), few));
                squares += Math.pow(distance(e.attribution(), converged), 2) / SEEDS;
            }
            // The error of independent samples falls with the square root of their number.
            double independent = few * squares / CLOSE / CLOSE;
            System.out.printf(
                    Locale.ROOT,
                    "%s within %.0f %% of %d samples: %d samples, %.1f s (error %.1f %%); independent sampling takes %.0f%n",
                    file.getFileName(),
                    100 * CLOSE,
                    CONVERGED,
                    own,
                    seconds,
                    100 * error,
                    independent);
        }
    }

    private static double distance(float[] map, float[] converged) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < map.length; i++) {
            difference += Math.pow(map[i] - converged[i], 2);
            length += Math.pow(converged[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    /** Synthetic surfaces as model input, scaled to about -2..2; the first has a scratch. */
    private static List<float[]> surfaces(long[] dims) throws IOException {
        Path folder = Files.createTempDirectory("surfaces");
        try {
            new SyntheticSurfaces(128, 4, 1, 1, 7).write(folder);
            try (Stream<Path> files = Files.walk(folder.resolve("train"))) {
                return files.filter(f -> f.toString().endsWith(".png"))
                        .sorted(Comparator.comparing((Path f) -> !f.toString().contains("scratch"))
                                .thenComparing(Comparator.naturalOrder()))
                        .limit(BASELINES + 1)
                        .map(f -> scaled(f, dims))
                        .toList();
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(ExplanationConvergence::delete);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] scaled(Path file, long[] dims) {
        Image image = ImageFiles.read(file, (int) dims[1], (int) dims[2], (int) dims[3], Resize.Mode.STRETCH);
        float[] values = new float[image.pixels().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = ((image.pixels()[i] & 0xff) - 120) / 58f;
        }
        return values;
    }

    private static PathSamples independent(Random random, int rows) {
        long[] baselines = new long[rows];
        float[] alphas = new float[rows];
        for (int i = 0; i < rows; i++) {
            baselines[i] = random.nextInt(BASELINES);
            alphas[i] = random.nextFloat();
        }
        return PathSamples.given(baselines, alphas);
    }
}
