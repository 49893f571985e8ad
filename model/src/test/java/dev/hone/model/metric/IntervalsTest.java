package dev.hone.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Intervals of few samples, and how often they hold the truth. */
class IntervalsTest {
    /** @param score of the second class */
    private static Evaluation two(int[] truth, double... score) {
        float[][] probabilities = new float[score.length][];
        for (int i = 0; i < score.length; i++) {
            probabilities[i] = new float[] {(float) (1 - score[i]), (float) score[i]};
        }
        return new Evaluation(List.of("good", "bad"), probabilities, truth);
    }

    @Test
    void aFewCorrectPredictionsAreNoCertainty() {
        Intervals intervals = two(new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, 0, .1, .1, .2, .3, .7, .8, .9, .9, 1)
                .intervals();
        // Wilson's interval of 10 of 10 begins at 72 %.
        assertThat(intervals.balancedAccuracy().low()).isBetween(0.6, 0.85);
        assertThat(intervals.macroF1().low()).isBetween(0.6, 0.85);
        assertThat(intervals.rocAuc().low()).isBetween(0.6, 0.7);
        assertThat(intervals.macroF1().high()).isEqualTo(1);
        assertThat(intervals.rocAuc().high()).isEqualTo(1);
    }

    @Test
    void allWrongIsNoCertaintyEither() {
        Intervals intervals =
                two(new int[] {0, 0, 0, 1, 1, 1}, 1, .9, .8, .3, .2, .1).intervals();
        assertThat(intervals.balancedAccuracy().low()).isZero();
        assertThat(intervals.balancedAccuracy().high()).isBetween(0.2, 0.6);
        assertThat(intervals.rocAuc().low()).isZero();
        assertThat(intervals.rocAuc().high()).isBetween(0.3, 0.6);
    }

    @Test
    void oneClassOnlyHasNoAuc() {
        Evaluation evaluation = two(new int[] {1, 1, 1}, .9, .8, .1);
        assertThat(evaluation.intervals().rocAuc().isKnown()).isFalse();
        assertThat(evaluation.intervals().rocAuc().percent()).isEqualTo("-");
        assertThat(evaluation.intervals().macroF1().low())
                .isLessThan(evaluation.confusion().macroF1());
    }

    @Test
    void nothingIsKnownOfNone() {
        Evaluation none = new Evaluation(List.of("good", "bad"), new float[0][], new int[0]);
        assertThat(none.intervals().macroF1().isKnown()).isFalse();
        assertThat(none.calibration().error()).isNaN();
    }

    @Test
    void equalScoresAreHalfAnArea() {
        Intervals intervals = two(new int[] {0, 0, 0, 1, 1}, .5, .5, .5, .5, .5).intervals();
        assertThat(intervals.rocAuc()).isEqualTo(new Interval(0.5, 0.5));
    }

    /** Five samples of each of three classes, recall 0.85: often a class has no error, which a bootstrap cannot see. */
    @Test
    void theIntervalHoldsTheTruthNineteenTimesInTwenty() {
        SplittableRandom random = new SplittableRandom(4);
        int held = 0;
        int times = 300;
        for (int t = 0; t < times; t++) {
            int[] truth = new int[15];
            float[][] probabilities = new float[15][3];
            for (int i = 0; i < truth.length; i++) {
                truth[i] = i % 3;
                int predicted = random.nextDouble() < 0.85 ? truth[i] : (truth[i] + 1 + random.nextInt(2)) % 3;
                probabilities[i][predicted] = 1;
            }
            Interval interval = new Evaluation(List.of("a", "b", "c"), probabilities, truth)
                    .intervals()
                    .balancedAccuracy();
            held += interval.low() <= 0.85 && interval.high() >= 0.85 ? 1 : 0;
        }
        assertThat(held / (double) times).isBetween(0.92, 1.0);
    }

    /** A perfectly calibrated model exceeds the bound of chance once in twenty times. */
    @Test
    void chanceCoversPerfectCalibration() {
        SplittableRandom random = new SplittableRandom(5);
        int off = 0;
        int times = 200;
        for (int t = 0; t < times; t++) {
            int[] truth = new int[60];
            double[] score = new double[60];
            for (int i = 0; i < truth.length; i++) {
                score[i] = random.nextDouble();
                truth[i] = random.nextDouble() < score[i] ? 1 : 0;
            }
            off += two(truth, score).calibration().isOff() ? 1 : 0;
        }
        assertThat(off / (double) times).isBetween(0.01, 0.09);
    }
}
