package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against all choices of up and down, one by one. */
class UpOrDownTest {
    private static final int SIZE = 9;
    private static final float STEP = 0.1f;

    private final Random random = new Random(5);

    private float[] products() {
        float[] h = new float[SIZE * SIZE];
        for (int row = 0; row < 12; row++) {
            double common = 2 * random.nextGaussian();
            double[] x = random.doubles(SIZE, -1, 1).map(v -> v + common).toArray();
            for (int i = 0; i < h.length; i++) {
                h[i] += (float) (x[i / SIZE] * x[i % SIZE]);
            }
        }
        return h;
    }

    private static double sum(float[] h, double[] d) {
        double sum = 0;
        for (int i = 0; i < h.length; i++) {
            sum += d[i / SIZE] * h[i] * d[i % SIZE];
        }
        return sum;
    }

    private static double[] changes(float[] weights, float[] rounded) {
        double[] d = new double[SIZE];
        for (int k = 0; k < SIZE; k++) {
            d[k] = rounded[k] - (double) weights[k];
        }
        return d;
    }

    private static float[] nearest(float[] weights) {
        float[] rounded = new float[SIZE];
        for (int k = 0; k < SIZE; k++) {
            rounded[k] = (float) Math.rint(weights[k] / STEP) * STEP;
        }
        return rounded;
    }

    private static double least(float[] h, float[] weights) {
        double least = Double.POSITIVE_INFINITY;
        for (int choice = 0; choice < 1 << SIZE; choice++) {
            float[] rounded = new float[SIZE];
            for (int k = 0; k < SIZE; k++) {
                rounded[k] = (float) (Math.floor(weights[k] / STEP) + (choice >> k & 1)) * STEP;
            }
            least = Math.min(least, sum(h, changes(weights, rounded)));
        }
        return least;
    }

    @Test
    void comesCloseToTheBestOfAllChoices() {
        double found = 0;
        double best = 0;
        double plain = 0;
        for (int trial = 0; trial < 40; trial++) {
            float[] h = products();
            float[] weights = new float[SIZE];
            for (int k = 0; k < SIZE; k++) {
                weights[k] = (float) random.nextGaussian();
            }
            float[] rounded = weights.clone();
            new UpOrDown(h, 0, SIZE, 127).round(new float[][] {rounded}, new float[] {STEP});
            for (int k = 0; k < SIZE; k++) {
                assertThat(rounded[k] / STEP)
                        .isCloseTo(Math.round(rounded[k] / STEP), within(1e-4f))
                        .isCloseTo(weights[k] / STEP, within(1 + 1e-4f));
            }
            double here = sum(h, changes(weights, rounded));
            double there = sum(h, changes(weights, nearest(weights)));
            assertThat(here).as("trial %d", trial).isLessThanOrEqualTo(there + 1e-9);
            found += here;
            plain += there;
            best += least(h, weights);
        }
        assertThat(found).isBetween(best - 1e-6, 2 * best).isLessThan(0.4 * plain);
    }

    /** Beyond the levels there are, the nearest one that is left is taken. */
    @Test
    void keepsWithinTheLevels() {
        float[] rounded = new float[SIZE];
        java.util.Arrays.fill(rounded, 9);
        new UpOrDown(products(), 0, SIZE, 63).round(new float[][] {rounded}, new float[] {STEP});
        assertThat(rounded).containsOnly(63 * STEP);
    }
}
