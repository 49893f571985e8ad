package dev.hone.explain.quality;

import java.util.Arrays;

/** Figures of attributions alone, without a model. */
public final class AttributionStatistics {
    private AttributionStatistics() {}

    /**
     * Sparsity as the Gini index of the absolute values (Chalasani et al. 2020, "Concise explanations of neural networks
     * using adversarial training"): 0 where all are equal, near 1 where one has everything.
     */
    public static double gini(float[] attribution) {
        double[] sorted = new double[attribution.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(attribution[i]);
        }
        Arrays.sort(sorted);
        double sum = 0;
        double weighted = 0;
        for (int i = 0; i < sorted.length; i++) {
            sum += sorted[i];
            weighted += sorted[i] * (sorted.length - i - 0.5);
        }
        return sum == 0 ? 0 : 1 - 2 * weighted / (sum * sorted.length);
    }

    /**
     * Stability over seeds: the Euclidean length of the attribution's standard deviation over that of its mean. It is
     * what {@code Explanation.relativeError} estimates from one seed.
     *
     * @param attributions of one input, one per seed, two or more
     */
    public static double deviation(float[][] attributions) {
        double ofMean = 0;
        double ofDeviation = 0;
        int seeds = attributions.length;
        for (int i = 0; i < attributions[0].length; i++) {
            double sum = 0;
            double squares = 0;
            for (float[] attribution : attributions) {
                sum += attribution[i];
            }
            double mean = sum / seeds;
            for (float[] attribution : attributions) {
                squares += (attribution[i] - mean) * (attribution[i] - mean);
            }
            ofMean += mean * mean;
            ofDeviation += squares / (seeds - 1);
        }
        return ofDeviation == 0 ? 0 : Math.sqrt(ofDeviation / ofMean);
    }
}
