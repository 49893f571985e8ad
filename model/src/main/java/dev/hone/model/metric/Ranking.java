package dev.hone.model.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

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
     * The threshold with the fewest escapes among those whose overkill is at most the given fraction; infinite if every
     * one that rejects anything rejects too many.
     *
     * @param defectScore 1 minus the probability of the good class, say
     */
    public static OperatingPoint escapeAt(double maximalOverkill, double[] defectScore, boolean[] defective) {
        OperatingPoint best = null;
        for (OperatingPoint point : descending(defectScore, defective)) {
            if (point.overkill <= maximalOverkill
                    && (best == null || point.escape < best.escape || best.threshold == Double.POSITIVE_INFINITY)) {
                best = point;
            }
        }
        return best;
    }

    /** The highest threshold, and so the one with the least overkill, whose escapes are at most the given fraction. */
    public static OperatingPoint overkillAt(double maximalEscape, double[] defectScore, boolean[] defective) {
        return descending(defectScore, defective).stream()
                .filter(point -> point.escape <= maximalEscape)
                .findFirst()
                .orElseThrow();
    }

    /** What a given threshold does. */
    public static OperatingPoint at(double threshold, double[] defectScore, boolean[] defective) {
        long rejectedGood = 0;
        long rejectedBad = 0;
        for (int i = 0; i < defective.length; i++) {
            if (defectScore[i] >= threshold) {
                rejectedBad += defective[i] ? 1 : 0;
                rejectedGood += defective[i] ? 0 : 1;
            }
        }
        return new Sizes(defective).point(threshold, rejectedGood, rejectedBad);
    }

    /**
     * Every threshold that makes a difference, from the one that rejects nothing, which is infinite, to the one that
     * rejects everything. They lie halfway between scores, so that the last bits of a score do not matter.
     */
    static List<OperatingPoint> descending(double[] score, boolean[] defective) {
        Integer[] order = ascending(score);
        Sizes sizes = new Sizes(defective);
        List<OperatingPoint> points = new ArrayList<>();
        points.add(sizes.point(Double.POSITIVE_INFINITY, 0, 0));
        long rejectedGood = 0;
        long rejectedBad = 0;
        for (int i = order.length - 1; i >= 0; i--) {
            rejectedBad += defective[order[i]] ? 1 : 0;
            rejectedGood += defective[order[i]] ? 0 : 1;
            double next = i == 0 ? score[order[0]] : score[order[i - 1]];
            if (i == 0 || next != score[order[i]]) {
                points.add(sizes.point((score[order[i]] + next) / 2, rejectedGood, rejectedBad));
            }
        }
        return points;
    }

    /** How many parts there are of either kind; a share of none counts as 0. */
    private record Sizes(long good, long bad) {
        Sizes(boolean[] defective) {
            this(defective.length - bad(defective), bad(defective));
        }

        private static long bad(boolean[] defective) {
            long bad = 0;
            for (boolean d : defective) {
                bad += d ? 1 : 0;
            }
            return bad;
        }

        OperatingPoint point(double threshold, long rejectedGood, long rejectedBad) {
            return new OperatingPoint(
                    threshold,
                    good == 0 ? 0 : (double) rejectedGood / good,
                    bad == 0 ? 0 : (double) (bad - rejectedBad) / bad);
        }
    }

    private static Integer[] ascending(double[] score) {
        Integer[] order = new Integer[score.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> score[i]));
        return order;
    }
}
