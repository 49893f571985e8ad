package dev.hone.explain;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The attribution of a model's score for a class to the elements of the input, or to groups of them.
 *
 * @param attribution by element of the input, row-major, or by group; of methods that compare with baselines in units of
 *     the score, so that its sum is about {@code score - expected}
 * @param standardError of each attribution: its standard deviation over seeds, estimated from the spread of the samples;
 *     NaN if there is one sample only, 0 where nothing is sampled
 * @param relativeError that of the whole map, one standard deviation: the root mean square, over seeds, of the Euclidean
 *     distance between the map and that of infinitely many samples, over the latter's norm; estimated from the spread of the
 *     samples, NaN if there is one only, 0 where nothing is sampled. Maps of two seeds differ by sqrt(2) times as
 *     much
 * @param degreesOfFreedom of the standard errors: a confidence interval takes the quantile of Student's t for it
 * @param shape of one row of the input, such as [C,H,W]; [groups] where elements were grouped
 * @param target the class that is explained
 * @param score f(x), the class's score for the image without noise
 * @param expected the mean of f over all baselines; NaN where the method knows none
 * @param additivityError {@code |sum of attribution - (score - expected)| / |score - expected|}: how far the samples are
 *     from explaining all of the difference; shrinks with their number; NaN where the method makes no such promise, or
 *     where score and expected are the same, of which there is no share
 * @param rowDeltas for each sample, {@code sum of its attribution - (f(z) - f(baseline))} with z the image and its noise:
 *     what Captum returns as convergence delta; empty where the method knows none
 * @param samples how many gradients were taken, or runs of the model where the method takes none
 * @param gradientsPerSecond samples divided by their wall time
 * @param note why there is nothing to see where all attributions are 0; else empty
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
        int samples,
        double gradientsPerSecond,
        String note) {

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

    /**
     * The explanation of a method that samples nothing.
     *
     * @param expected NaN where the attributions are not meant to sum to {@code score - expected}
     */
    static Explanation certain(
            float[] attribution, long[] shape, int target, float score, float expected, int samples, double seconds) {
        double total = 0;
        for (float a : attribution) {
            total += a;
        }
        return new Explanation(
                attribution,
                new float[attribution.length],
                0,
                Double.POSITIVE_INFINITY,
                shape,
                target,
                score,
                expected,
                additivityError(total, score, expected),
                new float[0],
                samples,
                samples / seconds,
                "");
    }

    /** By group, what a method says whose attributions do not sum to a difference of scores. */
    static Explanation estimated(
            MapStatistics.Estimate estimate, int target, float score, int samples, double seconds) {
        int count = estimate.mean().length;
        float[] attribution = new float[count];
        float[] standardError = new float[count];
        for (int i = 0; i < count; i++) {
            attribution[i] = (float) estimate.mean()[i];
            standardError[i] = (float) Math.sqrt(estimate.variance()[i]);
        }
        return new Explanation(
                attribution,
                standardError,
                estimate.relativeError(),
                estimate.degreesOfFreedom(),
                new long[] {count},
                target,
                score,
                Float.NaN,
                Double.NaN,
                new float[0],
                samples,
                samples / seconds,
                "");
    }

    /** ExplainedOutput that differ by no more than this part of them are the same in single precision. */
    private static final double SAME = 1e-6;

    static final String SAME_BASELINES = "every baseline equals the input, there is no difference to explain";
    static final String ZERO_INPUT = "the input is zero everywhere, and so is its product with any gradient";
    static final String NO_GRADIENT =
            "the gradient is zero everywhere: the score does not change in small steps, as behind"
                    + " a rounding or where it saturates; methods that need no gradients: " + Method.withoutGradient();
    static final String NO_CHANGE = "the score stays the same whatever is covered";

    static double additivityError(double total, double score, double expected) {
        double difference = score - expected;
        double missed = Math.abs(total - difference);
        boolean same = Math.abs(difference) <= SAME * Math.max(Math.abs(score), Math.abs(expected));
        return missed == 0 ? 0 : same ? Double.NaN : missed / Math.abs(difference);
    }

    /** Sums over groups where nothing is sampled; the error of a sum is not the sum of errors. */
    Explanation grouped(Groups groups) {
        float[] sums = groups.sum(attribution);
        return with(sums, new float[sums.length], sums.length);
    }

    /** The same with another shape of as many elements. */
    Explanation shaped(long... other) {
        return with(attribution, standardError, other);
    }

    /** The same with other attributions, such as sums over groups. */
    Explanation with(float[] attributions, float[] standardErrors, long... dims) {
        return with(attributions, standardErrors, dims, note);
    }

    /** The same with a note where it says nothing: where all attributions are 0. */
    Explanation noted(String why) {
        for (float a : attribution) {
            if (a != 0) {
                return this;
            }
        }
        return with(attribution, standardError, shape, why);
    }

    private Explanation with(float[] attributions, float[] standardErrors, long[] dims, String why) {
        return new Explanation(
                attributions,
                standardErrors,
                relativeError,
                degreesOfFreedom,
                dims,
                target,
                score,
                expected,
                additivityError,
                rowDeltas,
                samples,
                gradientsPerSecond,
                why);
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
