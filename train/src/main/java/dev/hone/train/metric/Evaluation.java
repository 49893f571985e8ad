package dev.hone.train.metric;

import java.util.List;

/**
 * What a classifier said about labelled samples.
 *
 * @param labels class names
 * @param probabilities [samples][classes], each row summing to 1
 * @param truth index of the true class of each sample
 */
public record Evaluation(List<String> labels, float[][] probabilities, int[] truth) {
    /** How many good parts may be rejected where nothing else is asked for. */
    public static final double DEFAULT_OVERKILL = 0.05;

    public int size() {
        return truth.length;
    }

    /** The most probable class of each sample. */
    public int[] predicted() {
        int[] predicted = new int[truth.length];
        for (int i = 0; i < predicted.length; i++) {
            float[] row = probabilities[i];
            for (int c = 1; c < row.length; c++) {
                if (row[c] > row[predicted[i]]) {
                    predicted[i] = c;
                }
            }
        }
        return predicted;
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

    /** Escapes at a fixed overkill, every class but the good one being a defect. */
    public Ranking.OperatingPoint escapeAt(double overkill, int goodClass) {
        double[] score = new double[truth.length];
        boolean[] defective = new boolean[truth.length];
        for (int i = 0; i < truth.length; i++) {
            score[i] = 1 - probabilities[i][goodClass];
            defective[i] = truth[i] != goodClass;
        }
        return Ranking.escapeAt(overkill, score, defective);
    }
}
