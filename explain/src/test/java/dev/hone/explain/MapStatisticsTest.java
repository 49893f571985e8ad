package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against the textbooks' formulas, worked out by hand. */
class MapStatisticsTest {
    private static final Offset<Double> ROUNDING = within(1e-6);

    /** A cell of so many rows, whose attributions have that mean. */
    private static void add(MapStatistics to, int stratum, int cell, int rows, double mean) {
        to.add(new SampleGroup(stratum, cell, new int[rows]), new float[] {(float) (rows * mean)});
    }

    /** Two cells of two rows, of variance 2, and three of one row, of variance 13. */
    private static MapStatistics twoStrata() {
        MapStatistics statistics = new MapStatistics(1);
        add(statistics, 0, 0, 2, 1);
        add(statistics, 0, 1, 2, 3);
        add(statistics, 1, 0, 1, 2);
        add(statistics, 1, 1, 1, 4);
        add(statistics, 1, 2, 1, 9);
        return statistics;
    }

    @Test
    void theErrorIsThatOfAStratifiedSample() {
        MapStatistics.Estimate e = twoStrata().estimate();
        assertThat(e.rows()).isEqualTo(7);
        assertThat(e.mean()[0]).isCloseTo((4 * 2 + 3 * 5) / 7.0, ROUNDING);
        // (4/7)^2 * 2 / 2 cells + (3/7)^2 * 13 / 3 cells.
        assertThat(e.variance()[0]).isCloseTo((16 + 39) / 49.0, ROUNDING);
        assertThat(e.degreesOfFreedom()).isCloseTo(55.0 * 55 / (16 * 16 / 1.0 + 39 * 39 / 2.0), ROUNDING);
    }

    @Test
    void aStratumOfOneCellTellsNoError() {
        MapStatistics statistics = twoStrata();
        add(statistics, 2, 0, 1, 7);
        MapStatistics.Estimate e = statistics.estimate();
        assertThat(e.mean()[0]).isCloseTo(30 / 8.0, ROUNDING);
        assertThat(e.variance()[0]).isNaN();
    }

    @Test
    void roundsAreWeightedByHowFastTheirErrorFalls() {
        MapStatistics.Estimate small = new MapStatistics.Estimate(new double[] {1}, new double[] {4}, 4, 3);
        MapStatistics.Estimate large = new MapStatistics.Estimate(new double[] {5}, new double[] {1}, 16, 7);
        // 4^1.5 = 8 and 16^1.5 = 64.
        MapStatistics.Estimate both = small.and(large);
        assertThat(both.rows()).isEqualTo(20);
        assertThat(both.mean()[0]).isCloseTo((1 + 8 * 5) / 9.0, ROUNDING);
        assertThat(both.variance()[0]).isCloseTo((4 + 64) / 81.0, ROUNDING);
        assertThat(both.degreesOfFreedom()).isCloseTo(68.0 * 68 / (4.0 * 4 / 3 + 64.0 * 64 / 7), ROUNDING);
    }

    /** The squared length of what was found is by the error's larger than that of what is looked for. */
    @Test
    void theMapsErrorIsRelativeToTheLengthWithoutIt() {
        double[] map = {3, 4};
        assertThat(new MapStatistics.Estimate(map, new double[] {0.5, 0.5}, 9, 2).relativeError())
                .isCloseTo(Math.sqrt(1 / 24.0), ROUNDING);
        assertThat(new MapStatistics.Estimate(map, new double[2], 9, 2).relativeError())
                .isZero();
        // Nothing but noise.
        assertThat(new MapStatistics.Estimate(map, new double[] {12, 13}, 9, 2).relativeError())
                .isEqualTo(10);
        assertThat(new MapStatistics.Estimate(map, new double[] {30, 30}, 9, 2).relativeError())
                .isEqualTo(10);
    }

    /** The regression estimator of Cochran, chapter 7, with the residuals' variance by n - 1 and the loss of a coefficient. */
    @Test
    void whatIsKnownToBeZeroServesAsControl() {
        int cells = 20;
        Random random = new Random(3);
        double[] x = new double[cells];
        double[] miss = new double[cells];
        MapStatistics statistics = new MapStatistics(1);
        for (int c = 0; c < cells; c++) {
            miss[c] = (float) random.nextGaussian();
            x[c] = (float) (2 + 3 * miss[c] + random.nextGaussian());
            statistics.add(new SampleGroup(0, c, new int[1]), new float[] {(float) x[c]}, miss[c]);
        }
        double slope = covariance(x, miss) / covariance(miss, miss);
        double[] residuals = new double[cells];
        Arrays.setAll(residuals, c -> x[c] - slope * miss[c]);
        MapStatistics.Estimate e = statistics.estimate();
        assertThat(e.mean()[0]).isCloseTo(mean(residuals), within(1e-5));
        assertThat(e.variance()[0])
                .isCloseTo(covariance(residuals, residuals) / cells * (cells - 1) / (cells - 3), within(1e-5));
        assertThat(e.degreesOfFreedom()).isEqualTo(cells - 2);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double covariance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - mean(a)) * (b[i] - mean(b));
        }
        return sum / (a.length - 1);
    }
}
