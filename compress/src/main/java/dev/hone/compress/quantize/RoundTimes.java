package dev.hone.compress.quantize;

import java.util.Arrays;

/**
 * Milliseconds of models timed in turn, in several rounds: what differs from round to round is noise.
 *
 * @param rounds [rounds][models]
 */
record RoundTimes(double[][] rounds) {
    /** The median over the rounds. */
    double of(int model) {
        return median(Arrays.stream(rounds).mapToDouble(round -> round[model]).toArray());
    }

    /** Half of the range of the ratio of two models over the rounds; 0 of one round. */
    private double noise(int a, int b) {
        double[] ratios = ratios(a, b);
        return (Arrays.stream(ratios).max().orElseThrow()
                        - Arrays.stream(ratios).min().orElseThrow())
                / 2;
    }

    private double[] ratios(int a, int b) {
        return Arrays.stream(rounds).mapToDouble(round -> round[a] / round[b]).toArray();
    }

    /**
     * Whether a model is faster than another by more than their noise.
     *
     * @param least share of the other's time that it has to be faster by at any rate
     */
    boolean isFaster(int model, int than, double least) {
        return median(ratios(model, than)) < 1 - Math.max(least, noise(model, than));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
