package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Against closed forms. */
class MeasuresTest {
    /** f(x) = w . x, whose exact attribution against a reference is w (x - reference). */
    private static final float[] W = random(64, 1);

    private static final ToDoubleFunction<float[]> LINEAR = x -> {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) W[i] * x[i];
        }
        return sum;
    };

    private static float[] random(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] shares(float[] x, float[] reference, double factor) {
        float[] shares = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            shares[i] = (float) (factor * W[i] * (x[i] - reference[i]));
        }
        return shares;
    }

    @Test
    void infidelityOfALinearModelIsZero() {
        float[] x = random(64, 2);
        float[] reference = random(64, 3);
        Infidelity exact = Infidelity.ofSquares(LINEAR, x, reference, shares(x, reference, 1), 8, 8, 40, 5);
        assertThat(exact.raw()).isLessThan(1e-9);
        assertThat(exact.unexplained()).isLessThan(1e-9);
        Infidelity tripled = Infidelity.ofSquares(LINEAR, x, reference, shares(x, reference, 3), 8, 8, 40, 5);
        assertThat(tripled.raw()).isGreaterThan(0.1);
        assertThat(tripled.unexplained()).isLessThan(1e-9);
        Infidelity wrong = Infidelity.ofSquares(LINEAR, x, reference, random(64, 4), 8, 8, 40, 5);
        assertThat(wrong.unexplained()).isBetween(0.3, 1.0);
        assertThat(Infidelity.ofSquares(LINEAR, x, reference, new float[64], 8, 8, 40, 5)
                        .unexplained())
                .isEqualTo(1);
        assertThat(Infidelity.ofSquares(z -> 7, x, reference, W, 8, 8, 40, 5).unexplained())
                .isNaN();
        Infidelity gradient = Infidelity.of(LINEAR, x, W, new float[][] {random(64, 6), random(64, 7)});
        assertThat(gradient.raw()).isLessThan(1e-9);
    }

    /** All channels of a square are replaced, and its side is from an eighth to a half of the shorter side. */
    @Test
    void squaresCoverAllChannelsAndHaveTheirSides() {
        int height = 64;
        int width = 80;
        float[] x = new float[2 * height * width];
        Arrays.fill(x, 1);
        List<Double> sides = new ArrayList<>();
        ToDoubleFunction<float[]> sum = z -> {
            double left = 0;
            for (float v : z) {
                left += v;
            }
            sides.add(Math.sqrt((x.length - left) / 2));
            return left;
        };
        assertThat(Infidelity.ofSquares(sum, x, new float[x.length], x, height, width, 200, 5)
                        .raw())
                .isZero();
        assertThat(sides).hasSize(201);
        assertThat(sides.get(0)).isZero();
        List<Double> covered = sides.subList(1, 201);
        assertThat(covered).allMatch(side -> side == Math.rint(side) && side >= 8 && side <= 32);
        assertThat(Collections.min(covered)).isLessThan(10);
        assertThat(Collections.max(covered)).isGreaterThan(30);
    }

    @Test
    void sensitivityOfAKnownMapIsTheNeighboursDistance() {
        float[] x = {3, 4};
        // The attribution is the input itself: |x' - x| / |x|.
        assertThat(MaxSensitivity.of(z -> z, x, new float[][] {{3, 4.5f}, {3.1f, 4}}))
                .isCloseTo(0.1, within(1e-6));
        assertThat(MaxSensitivity.of(z -> W, x, 0.5, 4, 1)).isZero();
        double drawn = MaxSensitivity.of(z -> z, x, 0.5, 50, 1);
        assertThat(drawn).isBetween(0.05, 0.5 * Math.sqrt(2) / 5);
    }

    /** One of the score's 4 positions counts; the curve is 1 until it is taken, at share k/4. */
    @Test
    void deletionAndInsertionAreasAreThoseOfAStep() {
        ToDoubleFunction<float[]> third = x -> x[2];
        float[] x = {1, 1, 1, 1};
        float[] nothing = new float[4];
        float[] right = {0.1f, 0.2f, 0.9f, 0.3f};
        float[] worst = {0.9f, 0.5f, 0.1f, 0.3f};
        assertThat(PerturbationCurve.deletion(third, x, nothing, right, 4).scores())
                .containsExactly(1, 0, 0, 0, 0);
        assertThat(PerturbationCurve.deletion(third, x, nothing, right, 4).area())
                .isEqualTo(0.125);
        assertThat(PerturbationCurve.deletion(third, x, nothing, worst, 4).area())
                .isEqualTo(0.875);
        assertThat(PerturbationCurve.insertion(third, x, nothing, right, 4).area())
                .isEqualTo(0.875);
        assertThat(PerturbationCurve.insertion(third, x, nothing, worst, 4).area())
                .isEqualTo(0.125);
    }

    /** f = sum of x over 2 channels, all equal: what is left falls evenly, and the area is half of the score. */
    @Test
    void deletionTakesAllChannelsOfAPosition() {
        ToDoubleFunction<float[]> sum = x -> {
            double s = 0;
            for (float v : x) {
                s += v;
            }
            return s;
        };
        float[] x = new float[20];
        Arrays.fill(x, 1);
        PerturbationCurve curve = PerturbationCurve.deletion(sum, x, new float[20], random(10, 1), 5);
        assertThat(curve.scores()).containsExactly(20, 16, 12, 8, 4, 0);
        assertThat(curve.area()).isEqualTo(10);
    }

    @Test
    void localizationCountsWhatLiesOnTheMask() {
        boolean[] mask = new boolean[25];
        mask[12] = true;
        mask[13] = true;
        float[] map = new float[25];
        map[12] = 3;
        map[0] = 1;
        map[1] = -9;
        assertThat(Localization.energy(map, mask)).isEqualTo(0.75);
        assertThat(Localization.energy(new float[25], mask)).isZero();
        assertThat(Localization.area(mask)).isEqualTo(0.08);
        assertThat(Localization.pointsAt(map, mask, 5, 0)).isTrue();
        map[2] = 5; // two rows above the mask
        assertThat(Localization.pointsAt(map, mask, 5, 1.9)).isFalse();
        assertThat(Localization.pointsAt(map, mask, 5, 2)).isTrue();
    }

    @Test
    void giniIsThatOfKnownDistributions() {
        assertThat(AttributionStatistics.gini(new float[] {2, -2, 2, 2})).isCloseTo(0, within(1e-12));
        assertThat(AttributionStatistics.gini(new float[] {0, 0, -5, 0})).isCloseTo(0.75, within(1e-12));
        float[] rising = new float[1000];
        for (int i = 0; i < 1000; i++) {
            rising[i] = i + 0.5f;
        }
        assertThat(AttributionStatistics.gini(rising)).isCloseTo(1.0 / 3, within(1e-5)); // of a uniform distribution
        assertThat(AttributionStatistics.gini(new float[3])).isZero();
    }

    @Test
    void deviationIsThatOfTwoPoints() {
        // Means 3 and 4, deviations 0 and sqrt(2).
        assertThat(AttributionStatistics.deviation(new float[][] {{3, 5}, {3, 3}}))
                .isCloseTo(Math.sqrt(2) / 5, within(1e-9));
        assertThat(AttributionStatistics.deviation(new float[][] {{3, 5}, {3, 5}}))
                .isZero();
    }

    @Test
    void rankCorrelationIsSpearmans() {
        float[] a = {1, 2, 3, 4, 5};
        assertThat(RankCorrelation.correlation(a, new float[] {-10, -9, 0, 7, 1e6f}))
                .isCloseTo(1, within(1e-12));
        assertThat(RankCorrelation.correlation(a, new float[] {5, 4, 3, 2, 1})).isCloseTo(-1, within(1e-12));
        // scipy.stats.spearmanr([1, 2, 3, 4, 5], [2, 1, 2, 5, -0.5]) = -0.20519567041703082
        assertThat(RankCorrelation.correlation(a, new float[] {2, 1, 2, 5, -0.5f}))
                .isCloseTo(-0.20519567041703082, within(1e-12));
        assertThat(RankCorrelation.correlation(a, new float[] {0f, -0f, 0, 0, 0}))
                .isNaN();
        assertThatThrownBy(() -> RankCorrelation.correlation(a, new float[4]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(RankCorrelation.descending(new float[] {-1, 2, -3, 0, 2})).containsExactly(1, 4, 3, 0, 2);
    }
}
