package dev.hone.explain;

import dev.hone.graph.GraphException;
import org.apache.commons.statistics.distribution.TDistribution;

/** How many samples the next round takes until a map's error is what was asked for. */
final class SampleSize {
    /** The error falls at least about so fast with the number of samples; for independent samples it would be 0.5. */
    private static final double RATE = 0.7;

    private static final double MARGIN = 1.1;
    /** The 0.975 quantile of the normal distribution. */
    private static final double NORMAL = 1.96;

    /** For two streams, whose difference estimates an error. */
    private static final int FEWEST = 2;

    private static final int LEAST = 16;
    private static final int FASTEST_GROWTH = 8;

    private final double error;
    private final int most;
    private final int baselines;

    /** @throws GraphException if there are too few samples to estimate an error */
    SampleSize(double error, int most, int baselines) {
        if (most < FEWEST) {
            throw new GraphException("an error of " + error + " is asked for with at most 1 sample, expected at least "
                    + FEWEST + ": an error is estimated from the spread of samples; allow more, or ask for no error");
        }
        this.error = error;
        this.most = most;
        this.baselines = baselines;
    }

    /** Enough to estimate an error: each baseline in two pairs. */
    int first() {
        return Math.min(most, Math.max(LEAST, 4 * baselines));
    }

    /** 0 if the error is reached, or too few samples are left for a round that estimates its own error. */
    int next(MapStatistics.Estimate soFar) {
        // An error estimated from few streams may be too small; it is widened as its quantiles are (Student's t).
        double caution = TDistribution.of(soFar.degreesOfFreedom()).inverseCumulativeProbability(0.975) / NORMAL;
        double ratio = caution * soFar.relativeError() / error;
        long left = most - soFar.rows();
        if (ratio <= 1 || left < FEWEST) {
            return 0;
        }
        double needed = soFar.rows() * Math.min(FASTEST_GROWTH, MARGIN * Math.pow(ratio, 1 / RATE));
        // Whole turns of all baselines, so that each counts the same; two of them, for an error of their own.
        long turns = (long) Math.ceil((needed - soFar.rows()) / (2.0 * baselines));
        return (int) Math.min(left, Math.max(turns, 2) * 2 * baselines);
    }
}
