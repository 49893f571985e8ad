package dev.hone.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The threshold of the lowest expected cost, beside trying every one. */
class CostRuleTest {
    /** Scores for a defect, with ties between good and defective parts. */
    private static final double[] SCORE = {.05, .1, .1, .2, .3, .3, .45, .6, .2, .3, .5, .7, .9, .95};

    private static final int[] TRUTH = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};

    private static Evaluation evaluation() {
        float[][] probabilities = new float[SCORE.length][];
        for (int i = 0; i < SCORE.length; i++) {
            probabilities[i] = new float[] {(float) (1 - SCORE[i]), (float) SCORE[i]};
        }
        return new Evaluation(List.of("good", "bad"), probabilities, TRUTH);
    }

    /** Cost of a part by counting, at a threshold. */
    private static double counted(double threshold, double escape, double overkill, double defects) {
        double escapes = 0;
        double rejected = 0;
        for (int i = 0; i < SCORE.length; i++) {
            escapes += TRUTH[i] == 1 && SCORE[i] < threshold ? 1 : 0;
            rejected += TRUTH[i] == 0 && SCORE[i] >= threshold ? 1 : 0;
        }
        return defects * escape * escapes / 6 + (1 - defects) * overkill * rejected / 8;
    }

    @Test
    void noThresholdIsCheaper() {
        for (double[] costs : new double[][] {{100, 1}, {1, 1}, {1, 5}, {10, 1}, {0, 1}, {1, 0}}) {
            for (double defects : new double[] {Double.NaN, 0.01, 0.5}) {
                CostRule rule = new CostRule(costs[0], costs[1], defects);
                Ranking.OperatingPoint point = rule.point(evaluation(), 0);
                double share = Double.isNaN(defects) ? 6 / 14.0 : defects;
                double cost = counted(point.threshold(), costs[0], costs[1], share);
                assertThat(rule.of(point, share)).isCloseTo(cost, within(1e-9));
                for (double threshold = 0; threshold <= 1.01; threshold += 0.005) {
                    assertThat(cost).isLessThanOrEqualTo(counted(threshold, costs[0], costs[1], share) + 1e-9);
                }
            }
        }
    }

    @Test
    void aDearEscapeLowersTheThreshold() {
        assertThat(new CostRule(100, 1, Double.NaN).point(evaluation(), 0).escape())
                .isZero();
        assertThat(new CostRule(1, 100, Double.NaN).point(evaluation(), 0).overkill())
                .isZero();
        // Where hardly a part is defective, rejecting none is cheapest.
        assertThat(new CostRule(1, 1, 0.001).point(evaluation(), 0).overkill()).isZero();
    }

    /** Rejecting nothing and rejecting only defective parts cost the same where escapes cost nothing. */
    @Test
    void ofEquallyCheapThresholdsTheOneWithFewestEscapes() {
        Ranking.OperatingPoint point = new CostRule(0, 1, Double.NaN).point(evaluation(), 0);
        assertThat(point.overkill()).isZero();
        assertThat(point.escape()).isCloseTo(0.5, within(1e-9));
    }
}
