package dev.hone.train.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Batch;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.objective.CrossEntropy;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gradient of a whole training step, batch statistics included, against finite differences of the loss along a random
 * direction. The step changes the loss by about {@code change}: enough to stand out from rounding, little enough for the
 * curvature not to matter.
 */
class WholeNetworkGradientTest {
    private static final int BATCH = 8;
    /** Halves to odd sizes. */
    private static final int SIZE = 40;

    private static final Stepper.Settings STILL = new Stepper.Settings(0, 0, 0);

    @ParameterizedTest
    @CsvSource({
        "resnet-small, 0.34, 0.002",
        "resnet18d, 0.125, 0.002",
        "mobilenetv3-small, 0.5, 0.002",
        "efficientnet-b0, 0.25, 0.02",
        "vit-compact, 0.25, 0.01"
    })
    void agreesWithFiniteDifferences(String name, double width, double change) {
        NetworkSpec spec = NetworkSpec.of(name, 3)
                .withInput(1, SIZE, SIZE, Normalization.uniform(1, 128, 64))
                .withMultipliers(width, 1)
                .withDropout(0)
                .withSeed(5);
        Model model = Networks.build(spec);
        StepOptions options = StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.Sgd(0, false, 0))
                .withClip(0);
        Random random = new Random(11);
        float[] pixels = new float[BATCH * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(256);
        }
        float[] targets = new float[BATCH * 3];
        for (int i = 0; i < BATCH; i++) {
            targets[3 * i + i % 3] = 1;
        }
        try (Stepper stepper = new Stepper(model, options, SessionOptions.defaults(), 0);
                NativeTensor x = NativeTensor.ofFloats(pixels, BATCH, 1, SIZE, SIZE);
                NativeTensor t = NativeTensor.ofFloats(targets, BATCH, 3)) {
            Map<String, NativeTensor> feeds = Map.of(stepper.layout().inputs().get(0), x, Batch.TARGETS, t);
            float[] start = weights(stepper);
            stepper.run(feeds, new Stepper.Settings(1, 0, 0));
            float[] after = weights(stepper);
            double along = 0;
            double[] direction = new double[start.length];
            double squares = 0;
            for (int i = 0; i < start.length; i++) {
                direction[i] = start[i] - after[i];
                squares += direction[i] * direction[i];
            }
            double norm = Math.sqrt(squares);
            for (int i = 0; i < start.length; i++) {
                // Half of it along the gradient, so that what is compared is not lost in rounding.
                double gradient = direction[i];
                direction[i] = direction[i] / norm + random.nextGaussian() / Math.sqrt(start.length);
                along += gradient * direction[i];
            }
            double step = change / norm;
            double slope =
                    (loss(stepper, feeds, start, direction, step) - loss(stepper, feeds, start, direction, -step))
                            / (2 * step);
            assertThat(slope).isCloseTo(along, Offset.offset(0.01 * Math.abs(along)));
        }
    }

    private static float[] weights(Stepper stepper) {
        float[] values = new float[(int) stepper.layout().weights().total()];
        stepper.state().vector(StepGraph.WEIGHTS).get(values);
        return values;
    }

    private static double loss(
            Stepper stepper, Map<String, NativeTensor> feeds, float[] start, double[] direction, double step) {
        float[] moved = new float[start.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (start[i] + step * direction[i]);
        }
        stepper.state().vector(StepGraph.WEIGHTS).put(moved);
        return stepper.run(feeds, STILL).loss();
    }
}
