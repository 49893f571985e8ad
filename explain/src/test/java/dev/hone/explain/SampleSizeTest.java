package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleSizeTest {
    private static MapStatistics.Estimate estimate(double relativeError, long rows, double degreesOfFreedom) {
        double variance = relativeError * relativeError / (1 + relativeError * relativeError);
        return new MapStatistics.Estimate(new double[] {1}, new double[] {variance}, rows, degreesOfFreedom);
    }

    /** The 0.975 quantile of Student's t is 3.182 for 3 degrees of freedom, 1.960 for many. */
    @Test
    void anErrorToldFromFewStreamsIsTakenForLarger() {
        SampleSize size = new SampleSize(0.1, 20_000, 4);
        assertThat(size.next(estimate(0.1 / 1.6, 16, 3))).isPositive();
        assertThat(size.next(estimate(0.1 / 1.65, 16, 3))).isZero();
        assertThat(size.next(estimate(0.1 / 1.001, 16, 1e6))).isZero();
        assertThat(size.next(estimate(0.1 * 1.001, 16, 1e6))).isPositive();
    }

    /** A tenth more than the rate says, in whole turns of two of the 4 baselines; at most eightfold; what is left. */
    @Test
    void takesAsManyMoreAsTheRateOfTheErrorSays() {
        SampleSize size = new SampleSize(0.01, 20_000, 4);
        // 1.1 * 2^(1 / 0.7) = 2.961 times 1000 rows: 1961 more are 246 turns of 8.
        assertThat(size.next(estimate(0.02, 1000, 1e9))).isEqualTo(246 * 8);
        assertThat(size.next(estimate(0.9, 1000, 1e9))).isEqualTo(7000);
        assertThat(size.next(estimate(0.02, 19_990, 1e9))).isEqualTo(10);
        assertThat(size.next(estimate(0.02, 19_999, 1e9))).isZero();
    }
}
