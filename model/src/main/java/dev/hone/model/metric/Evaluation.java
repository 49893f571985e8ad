package dev.hone.model.metric;

import java.util.Arrays;
import java.util.List;

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

    private double[] defectScores(int goodClass) {
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
