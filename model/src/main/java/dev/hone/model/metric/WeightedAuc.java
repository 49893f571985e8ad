package dev.hone.model.metric;

import java.util.Arrays;
import java.util.Comparator;

/** The ROC AUC of one class against the others where samples count several times; sorted once. */
final class WeightedAuc {
    private final int[] order;
    private final boolean[] positive;
    private final boolean[] endsTie;

    private WeightedAuc(int[] order, boolean[] positive, boolean[] endsTie) {
        this.order = order;
        this.positive = positive;
        this.endsTie = endsTie;
    }

    /** @param probabilities [samples][classes] */
    static WeightedAuc of(float[][] probabilities, int[] truth, int c) {
        int n = truth.length;
        Integer[] sorted = new Integer[n];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, Comparator.comparingDouble(i -> probabilities[i][c]));
        int[] order = new int[n];
        boolean[] positive = new boolean[n];
        boolean[] endsTie = new boolean[n];
        for (int k = 0; k < n; k++) {
            order[k] = sorted[k];
            positive[k] = truth[order[k]] == c;
            endsTie[k] = k + 1 == n || probabilities[sorted[k + 1]][c] != probabilities[sorted[k]][c];
        }
        return new WeightedAuc(order, positive, endsTie);
    }

    /** @param weights how often each sample counts; null for once */
    double of(int[] weights) {
        double below = 0;
        double area = 0;
        double positives = 0;
        double tiedPositives = 0;
        double tiedNegatives = 0;
        for (int k = 0; k < order.length; k++) {
            int weight = weights == null ? 1 : weights[order[k]];
            if (positive[k]) {
                tiedPositives += weight;
            } else {
                tiedNegatives += weight;
            }
            if (endsTie[k]) {
                area += tiedPositives * (below + tiedNegatives / 2);
                below += tiedNegatives;
                positives += tiedPositives;
                tiedPositives = 0;
                tiedNegatives = 0;
            }
        }
        return area / (positives * below);
    }
}
