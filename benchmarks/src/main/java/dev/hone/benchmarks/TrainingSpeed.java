package dev.hone.benchmarks;

import dev.hone.data.Batch;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.Stepper;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Training throughput in images per second: the small residual network, grayscale images of a given side, batches of
 * 32.
 */
final class TrainingSpeed {
    private static final int BATCH = 32;
    private static final int CLASSES = 2;
    private static final int WARMUP = 3;
    private static final int STEPS = 15;

    private TrainingSpeed() {}

    static void run(String side) {
        int size = Integer.parseInt(side);
        NetworkSpec spec =
                NetworkSpec.of("resnet-small", CLASSES).withInput(1, size, size, Normalization.uniform(1, 128, 64));
        StepOptions options = StepOptions.of(BATCH, new CrossEntropy().withSmoothing(0.05), new Optimizer.AdamW(0.02));
        Random random = new Random(1);
        float[] pixels = new float[BATCH * size * size];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(256);
        }
        float[] targets = new float[BATCH * CLASSES];
        for (int i = 0; i < BATCH; i++) {
            targets[CLASSES * i + i % CLASSES] = 1;
        }
        SessionOptions threads = SessionOptions.defaults().withThreads(2);
        try (Stepper stepper = new Stepper(Networks.build(spec), options, threads, 1);
                NativeTensor x = NativeTensor.ofFloats(pixels, BATCH, 1, size, size);
                NativeTensor t = NativeTensor.ofFloats(targets, BATCH, CLASSES)) {
            Map<String, NativeTensor> feeds = Map.of(stepper.layout().inputs().get(0), x, Batch.TARGETS, t);
            double[] speeds = new double[STEPS];
            for (int i = -WARMUP; i < STEPS; i++) {
                long start = System.nanoTime();
                stepper.run(feeds, new Stepper.Settings(1e-3, Double.NaN, 0.99));
                if (i >= 0) {
                    speeds[i] = BATCH / ((System.nanoTime() - start) / 1e9);
                }
            }
            Arrays.sort(speeds);
            System.out.printf(
                    Locale.ROOT,
                    "training, %d x %d, batch %d {'hone': '%.0f images/s', 'best step': '%.0f images/s'}%n",
                    size,
                    size,
                    BATCH,
                    speeds[STEPS / 2],
                    speeds[STEPS - 1]);
        }
    }
}
