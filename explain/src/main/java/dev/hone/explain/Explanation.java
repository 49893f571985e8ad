package dev.hone.explain;

/**
 * Why a classifier gave a class its score: how much each element of the image added to it, compared with baselines.
 *
 * @param attribution [C,H,W], row-major; in units of the score, so that its sum is about {@code score - expected}
 * @param channels C
 * @param height H
 * @param width W
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
        int channels,
        int height,
        int width,
        int target,
        float score,
        float expected,
        double additivityError,
        float[] rowDeltas,
        double gradientsPerSecond) {

    /** The sum over channels, [H,W]. */
    public float[] perPixel() {
        float[] sum = new float[height * width];
        for (int i = 0; i < attribution.length; i++) {
            sum[i % sum.length] += attribution[i];
        }
        return sum;
    }
}
