package dev.hone.explain.quality;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * How much an attribution changes where the input hardly does: sensitivity-max (Yeh et al. 2019),
 *
 * <pre>max over neighbours x' with |x' - x| at most r in every element of   |a(x') - a(x)| / |a(x)|</pre>
 *
 * <p>with Euclidean norms, as Captum's {@code sensitivity_max}. Where the attribution is itself a mean over random samples
 * it must take the same samples for every input (common random numbers), or their noise counts as sensitivity: give an
 * explanation with one seed.
 */
public final class MaxSensitivity {
    private MaxSensitivity() {}

    /**
     * @param explain the attribution of an input, always with the same samples
     * @param radius r, in units of the input
     * @param neighbours how many are sampled
     */
    public static double of(UnaryOperator<float[]> explain, float[] input, double radius, int neighbours, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] near = new float[neighbours][input.length];
        for (float[] neighbour : near) {
            for (int i = 0; i < neighbour.length; i++) {
                neighbour[i] = (float) (input[i] + radius * (2 * random.nextDouble() - 1));
            }
        }
        return of(explain, input, near);
    }

    /** With the neighbours given. Infinite where the input's own attribution is zero and a neighbour's is not. */
    public static double of(UnaryOperator<float[]> explain, float[] input, float[][] neighbours) {
        float[] own = explain.apply(input);
        double norm = 0;
        for (float value : own) {
            norm += (double) value * value;
        }
        double most = 0;
        for (float[] neighbour : neighbours) {
            float[] other = explain.apply(neighbour);
            double distance = 0;
            for (int i = 0; i < own.length; i++) {
                distance += Math.pow((double) other[i] - own[i], 2);
            }
            most = Math.max(most, distance);
        }
        return most == 0 ? 0 : Math.sqrt(most / norm);
    }
}
