package dev.hone.model.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a classifier said about labelled samples.
 *
 * @param labels class names
 * @param probabilities [samples][classes], each row summing to 1
 * @param truth index of the true class of each sample
 * @param decision how the probabilities become decisions
 */
public record Evaluation(List<String> labels, float[][] probabilities, int[] truth, Decision decision) {
    /** Of a classifier whose most probable class decides. */
    public Evaluation(List<String> labels, float[][] probabilities, int[] truth) {
        this(labels, probabilities, truth, Decision.MOST_PROBABLE);
    }

    /** The same probabilities, judged otherwise. */
    public Evaluation withDecision(Decision other) {
        return new Evaluation(labels, probabilities, truth, other);
    }

    public int size() {
        return truth.length;
    }

    /** The prediction or decision for each sample. */
    public int[] predicted() {
        return Arrays.stream(probabilities).mapToInt(decision::of).toArray();
    }

    public Confusion confusion() {
        return Confusion.of(labels, truth, predicted());
    }

    /** The mean cross-entropy, in nats; probabilities below 1e-9 count as that. */
    public double logLoss() {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum -= Math.log(Math.max(probabilities[i][truth[i]], 1e-9));
        }
        return truth.length == 0 ? Double.NaN : sum / truth.length;
    }

    public double rocAuc() {
        return Ranking.rocAuc(probabilities, truth);
    }

    /** 95 % intervals of macro F1, balanced accuracy and ROC AUC. */
    public Intervals intervals() {
        return Intervals.of(this);
    }

    public Calibration calibration() {
        return Calibration.of(probabilities, truth);
    }

    /** The threshold with the fewest escapes at a fixed overkill, every class but the good one being a defect. */
    public Ranking.OperatingPoint escapeAt(double overkill, int goodClass) {
        return Ranking.escapeAt(overkill, defectScores(goodClass), defective(goodClass));
    }

    /** The threshold with the least overkill at a fixed share of escapes. */
    public Ranking.OperatingPoint overkillAt(double escape, int goodClass) {
        return Ranking.overkillAt(escape, defectScores(goodClass), defective(goodClass));
    }

    /** Overkill and escapes of a decision that has a threshold. */
    public Ranking.OperatingPoint operatingPoint() {
        return Ranking.at(decision.threshold(), defectScores(decision.good()), defective(decision.good()));
    }

    /** Every threshold that makes a difference, from the one that rejects nothing, which is infinite. */
    public List<Ranking.OperatingPoint> operatingPoints(int goodClass) {
        return Ranking.descending(defectScores(goodClass), defective(goodClass));
    }

    /** Precision and recall of the defects over all thresholds. */
    public PrecisionRecall precisionRecall(int goodClass) {
        return PrecisionRecall.of(defectScores(goodClass), defective(goodClass));
    }

    /** Precision and recall of one class against all others by its probability. */
    public PrecisionRecall precisionRecallOf(int c) {
        double[] score = new double[truth.length];
        boolean[] positive = new boolean[truth.length];
        for (int i = 0; i < truth.length; i++) {
            score[i] = probabilities[i][c];
            positive[i] = truth[i] == c;
        }
        return PrecisionRecall.of(score, positive);
    }

    /** Of the defects where there is a good class, else the mean over classes that have samples; NaN if none has. */
    public double averagePrecision(int goodClass) {
        return goodClass >= 0
                ? precisionRecall(goodClass).averagePrecision()
                : IntStream.range(0, labels.size())
                        .mapToDouble(c -> precisionRecallOf(c).averagePrecision())
                        .filter(value -> !Double.isNaN(value))
                        .average()
                        .orElse(Double.NaN);
    }

    /** The share of samples that are not of the good class; NaN without samples. */
    public double defectShare(int goodClass) {
        return Arrays.stream(truth).filter(t -> t != goodClass).count() / (double) truth.length;
    }

    /** What counts for a defect, 1 - p(good), of each sample. */
    public double[] defectScores(int goodClass) {
        return Arrays.stream(probabilities)
                .mapToDouble(row -> Decision.defectScore(row, goodClass))
                .toArray();
    }

    private boolean[] defective(int goodClass) {
        boolean[] defective = new boolean[truth.length];
        for (int i = 0; i < truth.length; i++) {
            defective[i] = truth[i] != goodClass;
        }
        return defective;
    }
}
