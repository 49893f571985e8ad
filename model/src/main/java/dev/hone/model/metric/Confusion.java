package dev.hone.model.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A confusion matrix and what follows from it. Classes that are neither labelled nor predicted are left out of averages,
 * and 0 / 0 counts as 0, as in scikit-learn.
 */
public final class Confusion {
    private final List<String> labels;
    private final long[][] counts;

    /** @param counts rows are true classes, columns predicted ones */
    public Confusion(List<String> labels, long[][] counts) {
        this.labels = List.copyOf(labels);
        this.counts = Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /** Counts pairs of true and predicted class indices. */
    public static Confusion of(List<String> labels, int[] truth, int[] predicted) {
        long[][] counts = new long[labels.size()][labels.size()];
        for (int i = 0; i < truth.length; i++) {
            counts[truth[i]][predicted[i]]++;
        }
        return new Confusion(labels, counts);
    }

    public List<String> labels() {
        return labels;
    }

    public int classes() {
        return labels.size();
    }

    /** How many of a true class were predicted as another. */
    public long count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /** How many samples have a class. */
    public long support(int c) {
        return Arrays.stream(counts[c]).sum();
    }

    private long predicted(int c) {
        return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
    }

    public long total() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    public double accuracy() {
        long right = 0;
        for (int c = 0; c < classes(); c++) {
            right += counts[c][c];
        }
        return ratio(right, total());
    }

    /** Correct predictions among all. */
    public Proportion accuracyProportion() {
        return new Proportion(
                IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum(), total());
    }

    /** Defective parts that were predicted as good among the defective ones, which are those of every other class. */
    public Proportion escapes(int good) {
        return new Proportion(predicted(good) - counts[good][good], total() - support(good));
    }

    /** Good parts that were predicted as another class among the good ones. */
    public Proportion overkill(int good) {
        return new Proportion(support(good) - counts[good][good], support(good));
    }

    /** The first of the classes with the most samples. */
    public int largestClass() {
        int largest = 0;
        for (int c = 1; c < classes(); c++) {
            largest = support(c) > support(largest) ? c : largest;
        }
        return largest;
    }

    /** What always predicting the largest class would give: what a useful model has to beat. */
    public Confusion ofLargestClass() {
        long[][] constant = new long[classes()][classes()];
        for (int c = 0; c < classes(); c++) {
            constant[c][largestClass()] = support(c);
        }
        return new Confusion(labels, constant);
    }

    /** The mean recall of the classes that have samples. */
    public double balancedAccuracy() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes(); c++) {
            if (support(c) > 0) {
                sum += recall(c);
                present++;
            }
        }
        return present == 0 ? 0 : sum / present;
    }

    public double precision(int c) {
        return ratio(counts[c][c], predicted(c));
    }

    public double recall(int c) {
        return ratio(counts[c][c], support(c));
    }

    /** Correct predictions among the samples of a class. */
    public Proportion recallProportion(int c) {
        return new Proportion(counts[c][c], support(c));
    }

    /** The harmonic mean of precision and recall. */
    public double f1(int c) {
        return ratio(2 * counts[c][c], predicted(c) + support(c));
    }

    /** The mean F1 of the classes that occur, in labels or in predictions. */
    public double macroF1() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes(); c++) {
            if (support(c) + predicted(c) > 0) {
                sum += f1(c);
                present++;
            }
        }
        return present == 0 ? 0 : sum / present;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
