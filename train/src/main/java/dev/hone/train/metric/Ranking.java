package dev.hone.train.metric;

import java.util.Arrays;
import java.util.Comparator;

/** Measures of a score that do not depend on a threshold, or that choose one. */
public final class Ranking {
    private Ranking() {}

    /**
     * The area under the receiver operating characteristic: the chance that a positive scores above a negative, ties
     * counting half. NaN if there are no positives or no negatives.
     */
    public static double rocAuc(double[] score, boolean[] positive) {
        Integer[] order = ascending(score);
        double rankSum = 0;
        long positives = 0;
        int i = 0;
        while (i < order.length) {
            int j = i;
            int here = 0;
            while (j < order.length && Double.compare(score[order[j]], score[order[i]]) == 0) {
                here += positive[order[j]] ? 1 : 0;
                j++;
            }
            rankSum += here * (i + 1 + j) / 2.0;
            positives += here;
            i = j;
        }
        long negatives = order.length - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }

    /**
     * For two classes the area of the second class's probability; for more, the mean over classes of each against the
     * rest, leaving out classes without samples.
     *
     * @param probabilities [samples][classes]
     */
    public static double rocAuc(float[][] probabilities, int[] truth) {
        if (truth.length == 0) {
            return Double.NaN;
        }
        int classes = probabilities[0].length;
        double sum = 0;
        int present = 0;
        for (int c = classes == 2 ? 1 : 0; c < classes; c++) {
            double[] score = new double[truth.length];
            boolean[] positive = new boolean[truth.length];
            for (int i = 0; i < truth.length; i++) {
                score[i] = probabilities[i][c];
                positive[i] = truth[i] == c;
            }
            double area = rocAuc(score, positive);
            if (!Double.isNaN(area)) {
                sum += area;
                present++;
            }
        }
        return present == 0 ? Double.NaN : sum / present;
    }

    /**
     * What an inspection line asks for: how many defective parts pass, if at most so many good ones may be rejected.
     *
     * @param threshold a part is rejected if its defect score is at least this
     * @param overkill good parts rejected at that threshold, as a fraction of the good ones
     * @param escape defective parts passed at that threshold, as a fraction of the defective ones
     */
    public record OperatingPoint(double threshold, double overkill, double escape) {}

    /**
     * The threshold with the fewest escapes among those whose overkill is at most the given fraction.
     *
     * @param defectScore 1 minus the probability of the good class, say
     */
    public static OperatingPoint escapeAt(double maximalOverkill, double[] defectScore, boolean[] defective) {
        Integer[] order = ascending(defectScore);
        long bad = 0;
        for (boolean d : defective) {
            bad += d ? 1 : 0;
        }
        long good = order.length - bad;
        OperatingPoint best = new OperatingPoint(Double.POSITIVE_INFINITY, 0, bad == 0 ? 0 : 1);
        long rejectedGood = 0;
        long rejectedBad = 0;
        for (int i = order.length - 1; i >= 0; i--) {
            rejectedBad += defective[order[i]] ? 1 : 0;
            rejectedGood += defective[order[i]] ? 0 : 1;
            boolean last = i == 0 || defectScore[order[i - 1]] != defectScore[order[i]];
            if (!last) {
                continue;
            }
            double overkill = good == 0 ? 0 : (double) rejectedGood / good;
            if (overkill > maximalOverkill) {
                break;
            }
            double escape = bad == 0 ? 0 : (double) (bad - rejectedBad) / bad;
            if (escape < best.escape || best.threshold == Double.POSITIVE_INFINITY) {
                best = new OperatingPoint(defectScore[order[i]], overkill, escape);
            }
        }
        return best;
    }

    private static Integer[] ascending(double[] score) {
        Integer[] order = new Integer[score.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> score[i]));
        return order;
    }
}
