package dev.hone.model.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Whether probabilities are what they say: of the predictions made with 80 %, four in five should be right. The probability
 * of the most probable class is put into bins of equal width (low, high], as Guo et al. (2017), "On calibration of modern neural networks",
 * do:
 *
 * <pre>ECE = sum over bins of (samples in bin / samples) * |share of right predictions - mean probability|</pre>
 *
 * <p>With few samples a perfect model has an ECE above 0 too. {@code chance} is what 95 % of such models stay below: right or
 * wrong is drawn for each sample by its own probability (consistency resampling, Bröcker and Smith 2007).
 *
 * @param bins of the samples, from probability 0 to 1; empty bins are among them
 * @param error the expected calibration error, 0 to 1; NaN without samples
 * @param bias mean probability less the share of right predictions: above 0 of an over-confident model
 * @param chance 95th percentile of the error of a perfectly calibrated model with these probabilities
 */
public record Calibration(List<Bin> bins, double error, double bias, double chance) {
    /** As in Guo et al. */
    public static final int BINS = 15;

    private static final int DRAWS = 1000;
    private static final long MOST_DRAWN = 20_000_000;
    private static final long SEED = 1;

    /**
     * Predictions of similar probability.
     *
     * @param count how many
     * @param probability their mean probability; NaN if there are none
     * @param accuracy the share of them that is right; NaN if there are none
     */
    public record Bin(double low, double high, long count, double probability, double accuracy) {
        /** The share of right predictions with its interval. */
        public Proportion right() {
            return new Proportion(count == 0 ? 0 : Math.round(accuracy * count), count);
        }
    }

    public Calibration {
        bins = List.copyOf(bins);
    }

    /** Whether the error is more than chance explains. */
    public boolean isOff() {
        return error > chance;
    }

    /** How the error was computed, in words. */
    public String binning() {
        return bins.size() + " bins of equal width, most probable class";
    }

    /** The error beside that of a perfectly calibrated model, as {@code 4.2 % (up to 3.9 % by chance)}. */
    public String text() {
        return Double.isNaN(error)
                ? "-"
                : String.format(Locale.ROOT, "%.1f %% (up to %.1f %% by chance)", 100 * error, 100 * chance);
    }

    /**
     * @param probabilities [samples][classes]
     * @param truth index of the true class of each sample
     */
    public static Calibration of(float[][] probabilities, int[] truth) {
        int n = truth.length;
        double[] confidence = new double[n];
        boolean[] right = new boolean[n];
        int[] bin = new int[n];
        for (int i = 0; i < n; i++) {
            int top = Decision.MOST_PROBABLE.of(probabilities[i]);
            confidence[i] = probabilities[i][top];
            right[i] = top == truth[i];
            bin[i] = (int) Math.min(BINS - 1, Math.max(0, Math.ceil(confidence[i] * BINS) - 1));
        }
        long[] counts = new long[BINS];
        double[] sums = new double[BINS];
        for (int i = 0; i < n; i++) {
            counts[bin[i]]++;
            sums[bin[i]] += confidence[i];
        }
        long[] hits = hits(bin, right);
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            bins.add(new Bin(
                    (double) b / BINS,
                    (b + 1.0) / BINS,
                    counts[b],
                    sums[b] / counts[b],
                    counts[b] == 0 ? Double.NaN : (double) hits[b] / counts[b]));
        }
        return n == 0
                ? new Calibration(bins, Double.NaN, Double.NaN, Double.NaN)
                : new Calibration(bins, error(sums, hits, n), bias(sums, hits, n), chance(confidence, bin, sums));
    }

    private static long[] hits(int[] bin, boolean[] right) {
        long[] hits = new long[BINS];
        for (int i = 0; i < bin.length; i++) {
            hits[bin[i]] += right[i] ? 1 : 0;
        }
        return hits;
    }

    private static double error(double[] sums, long[] hits, int n) {
        double sum = 0;
        for (int b = 0; b < BINS; b++) {
            sum += Math.abs(hits[b] - sums[b]);
        }
        return sum / n;
    }

    private static double bias(double[] sums, long[] hits, int n) {
        double sum = 0;
        for (int b = 0; b < BINS; b++) {
            sum += sums[b] - hits[b];
        }
        return sum / n;
    }

    private static double chance(double[] confidence, int[] bin, double[] sums) {
        int n = confidence.length;
        int draws = (int) Math.max(100, Math.min(DRAWS, MOST_DRAWN / n));
        SplittableRandom random = new SplittableRandom(SEED);
        double[] errors = new double[draws];
        boolean[] right = new boolean[n];
        for (int d = 0; d < draws; d++) {
            for (int i = 0; i < n; i++) {
                right[i] = random.nextDouble() < confidence[i];
            }
            errors[d] = error(sums, hits(bin, right), n);
        }
        Arrays.sort(errors);
        return Quantile.of(errors, 0.95);
    }
}
