package dev.hone.model.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Precision against recall of a score, over all thresholds. Samples of equal score pass a threshold together.
 *
 * @param points from the highest threshold to the lowest
 * @param averagePrecision sum over thresholds of (recall step) * precision, without interpolation, as scikit-learn's {@code
 *     average_precision_score}; NaN without positives
 */
public record PrecisionRecall(List<Point> points, double averagePrecision) {
    /**
     * What a threshold gives.
     *
     * @param threshold samples that score at least this are predicted as positive
     */
    public record Point(double threshold, double precision, double recall) {}

    public PrecisionRecall {
        points = List.copyOf(points);
    }

    /** @param score a higher one speaks for a positive; [samples], as {@code positive} */
    public static PrecisionRecall of(double[] score, boolean[] positive) {
        Integer[] order = new Integer[score.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> -score[i]));
        long positives = 0;
        for (boolean p : positive) {
            positives += p ? 1 : 0;
        }
        if (positives == 0) {
            return new PrecisionRecall(List.of(), Double.NaN);
        }
        List<Point> points = new ArrayList<>();
        double average = 0;
        double before = 0;
        long right = 0;
        for (int i = 0; i < order.length; i++) {
            right += positive[order[i]] ? 1 : 0;
            if (i + 1 < order.length && score[order[i + 1]] == score[order[i]]) {
                continue;
            }
            double precision = (double) right / (i + 1);
            double recall = (double) right / positives;
            average += (recall - before) * precision;
            before = recall;
            points.add(new Point(score[order[i]], precision, recall));
        }
        return new PrecisionRecall(points, average);
    }
}
