package dev.hone.model.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * 95 % intervals of metrics that are no proportions: percentiles 2.5 and 97.5 of the bootstrap (Efron and Tibshirani 1993,
 * chapter 13). Samples are drawn with replacement within each actual class, with a fixed seed.
 *
 * <p>A bootstrap cannot draw an error that it has not seen: a class of 5 with 5 right would count as known for certain. Two
 * additions keep few samples honest:
 * <ul>
 * <li>A class whose predictions are all right, or all wrong, has its share of right ones drawn from Jeffreys' posterior
 *     Beta(right + 1/2, wrong + 1/2) instead.
 * <li>A class whose scores are separated without an error takes the bound of its ROC AUC by Newcombe (2006), "Confidence intervals
 *     for an effect size measure based on the Mann-Whitney statistic", method 5, which holds at 1.
 * </ul>
 *
 * @param macroF1 of decisions
 * @param balancedAccuracy of decisions
 * @param rocAuc of probabilities, as {@link Ranking#rocAuc(float[][], int[])}
 */
public record Intervals(Interval macroF1, Interval balancedAccuracy, Interval rocAuc) {
    /** So many times the samples are drawn, unless there are very many of them. */
    public static final int DRAWS = 2000;

    private static final int FEWEST_DRAWS = 200;
    private static final long MOST_DRAWN = 40_000_000;
    private static final long SEED = 1;
    private static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

    /** @param evaluation not so large that its probabilities could not be sorted for every class */
    public static Intervals of(Evaluation evaluation) {
        int n = evaluation.size();
        return n == 0 ? new Intervals(UNKNOWN, UNKNOWN, UNKNOWN) : new Drawing(evaluation).intervals();
    }

    /** One evaluation drawn again and again. */
    private static final class Drawing {
        private final Evaluation evaluation;
        private final int[] predicted;
        private final int[] truth;
        private final int[][] members;
        private final Confusion confusion;
        private final List<WeightedAuc> areas = new ArrayList<>();
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final List<Interval> extremes = new ArrayList<>();

        Drawing(Evaluation evaluation) {
            this.evaluation = evaluation;
            this.predicted = evaluation.predicted();
            this.truth = evaluation.truth();
            this.confusion = Confusion.of(evaluation.labels(), truth, predicted);
            int classes = evaluation.labels().size();
            this.members = new int[classes][];
            for (int c = 0; c < classes; c++) {
                int label = c;
                members[c] = java.util.stream.IntStream.range(0, truth.length)
                        .filter(i -> truth[i] == label)
                        .toArray();
            }
            for (int c = classes == 2 ? 1 : 0; c < classes; c++) {
                int positives = members[c].length;
                if (positives == 0 || positives == truth.length) {
                    continue;
                }
                WeightedAuc area = WeightedAuc.of(evaluation.probabilities(), truth, c);
                double all = area.of(null);
                double low = Newcombe.low(positives, truth.length - positives);
                if (all == 1) {
                    extremes.add(new Interval(low, 1));
                } else if (all == 0) {
                    extremes.add(new Interval(0, 1 - low));
                } else {
                    areas.add(area);
                }
            }
        }

        Intervals intervals() {
            int draws = (int) Math.max(FEWEST_DRAWS, Math.min(DRAWS, MOST_DRAWN / truth.length));
            double[] f1 = new double[draws];
            double[] balanced = new double[draws];
            double[] auc = new double[draws];
            int[] weights = new int[truth.length];
            for (int d = 0; d < draws; d++) {
                double[][] drawn = draw(weights);
                f1[d] = macroF1(drawn);
                balanced[d] = balancedAccuracy(drawn);
                auc[d] = areas.stream().mapToDouble(a -> a.of(weights)).sum();
            }
            return new Intervals(
                    interval(f1).with(confusion.macroF1()),
                    interval(balanced).with(confusion.balancedAccuracy()),
                    areaInterval(interval(auc)));
        }

        /** The mean over classes. @param sum over those that are not separated */
        private Interval areaInterval(Interval sum) {
            int count = areas.size() + extremes.size();
            return count == 0
                    ? UNKNOWN
                    : new Interval(
                                    (sum.low()
                                                    + extremes.stream()
                                                            .mapToDouble(Interval::low)
                                                            .sum())
                                            / count,
                                    (sum.high()
                                                    + extremes.stream()
                                                            .mapToDouble(Interval::high)
                                                            .sum())
                                            / count)
                            .with(evaluation.rocAuc());
        }

        /** Draws samples into weights, and their confusion matrix. */
        private double[][] draw(int[] weights) {
            Arrays.fill(weights, 0);
            int classes = members.length;
            double[][] drawn = new double[classes][classes];
            for (int c = 0; c < classes; c++) {
                int n = members[c].length;
                for (int k = 0; k < n; k++) {
                    int i = members[c][random.nextInt(n)];
                    weights[i]++;
                    drawn[c][predicted[i]]++;
                }
                long right = confusion.count(c, c);
                if (n > 0 && classes > 1 && (right == 0 || right == n)) {
                    drawn[c] = smoothed(c, n, right);
                }
            }
            return drawn;
        }

        private double[] smoothed(int c, int n, long right) {
            double a = Gamma.draw(right + 0.5, random);
            double b = Gamma.draw(n - right + 0.5, random);
            double share = a / (a + b);
            double[] row = new double[members.length];
            for (int p = 0; p < row.length; p++) {
                // The wrong ones as they were; where there were none, to all other classes alike.
                double other = right == n ? 1.0 / (row.length - 1) : (double) confusion.count(c, p) / (n - right);
                row[p] = p == c ? n * share : n * (1 - share) * other;
            }
            return row;
        }
    }

    private static double macroF1(double[][] counts) {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < counts.length; c++) {
            double support = 0;
            double predicted = 0;
            for (int k = 0; k < counts.length; k++) {
                support += counts[c][k];
                predicted += counts[k][c];
            }
            // A class that is neither labelled nor predicted but for smoothing is left out.
            if (support + predicted >= 0.5) {
                sum += 2 * counts[c][c] / (support + predicted);
                present++;
            }
        }
        return present == 0 ? 0 : sum / present;
    }

    private static double balancedAccuracy(double[][] counts) {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < counts.length; c++) {
            double support = Arrays.stream(counts[c]).sum();
            if (support > 0) {
                sum += counts[c][c] / support;
                present++;
            }
        }
        return present == 0 ? 0 : sum / present;
    }

    private static Interval interval(double[] values) {
        Arrays.sort(values);
        return new Interval(Quantile.of(values, 0.025), Quantile.of(values, 0.975));
    }
}
