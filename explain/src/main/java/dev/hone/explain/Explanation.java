package dev.hone.explain;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Why a classifier gave a class its score: how much each element of the image added to it, compared with baselines.
 *
 * @param attribution by element of the input, row-major; in units of the score, so that its sum is about {@code score - expected}
 * @param standardError by element of the input: standard deviation of each element of the attribution over seeds, estimated from the
 *     spread of the samples; NaN if there is one sample only
 * @param relativeError that of the whole map: the Euclidean norm of the error to be expected over the norm of the map
 * @param degreesOfFreedom of the standard errors: a confidence interval takes the quantile of Student's t for it
 * @param shape of one row of the input, such as [C,H,W]
 * @param target the class that is explained
 * @param score f(x), the class's score for the image without noise
 * @param expected the mean of f over all baselines
 * @param additivityError {@code |sum of attribution - (score - expected)| / |score - expected|}: how far the samples are
 *     from explaining all of the difference; shrinks with their number
 * @param rowDeltas for each sample, {@code sum of its attribution - (f(z) - f(baseline))} with z the image and its noise:
 *     what Captum returns as convergence delta
 * @param gradientsPerSecond samples divided by the wall time of their gradients
 */
public record Explanation(
        float[] attribution,
        float[] standardError,
        double relativeError,
        double degreesOfFreedom,
        long[] shape,
        int target,
        float score,
        float expected,
        double additivityError,
        float[] rowDeltas,
        double gradientsPerSecond) {

    /**
     * Half the width of the interval around an element of the attribution that holds its true value, that of infinitely
     * many samples, with the given confidence.
     *
     * @param confidence between 0 and 1, such as 0.95
     */
    public double errorBar(int element, double confidence) {
        double t = TDistribution.of(Math.max(1, degreesOfFreedom)).inverseCumulativeProbability((1 + confidence) / 2);
        return t * standardError[element];
    }

    /** How many gradients were taken. */
    public int samples() {
        return rowDeltas.length;
    }

    /** The sum over channels of an image [C,H,W], that is [H,W]. */
    public float[] perPixel() {
        float[] sum = new float[Math.toIntExact(shape[1] * shape[2])];
        for (int i = 0; i < attribution.length; i++) {
            sum[i % sum.length] += attribution[i];
        }
        return sum;
    }
}
