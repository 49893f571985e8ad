package dev.hone.runtime;

import java.util.Arrays;

/** Sample quantiles. */
final class Quantiles {
    private final double[] sorted;

    Quantiles(double[] sample) {
        sorted = sample.clone();
        Arrays.sort(sorted);
    }

    /** Linear interpolation between order statistics (type 7 of Hyndman and Fan, NumPy's default). */
    double at(double fraction) {
        double position = fraction * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    double median() {
        return at(0.5);
    }

    /**
     * Distribution-free confidence interval of about 95 % for the median: the order statistics {@code n/2 -+ 0.98
     * sqrt(n)}, from the normal approximation of the binomial.
     */
    double[] medianInterval() {
        int n = sorted.length;
        double half = 0.98 * Math.sqrt(n);
        int low = Math.max(0, (int) Math.floor((n - 1) / 2.0 - half));
        int high = Math.min(n - 1, (int) Math.ceil((n - 1) / 2.0 + half));
        return new double[] {sorted[low], sorted[high]};
    }
}
