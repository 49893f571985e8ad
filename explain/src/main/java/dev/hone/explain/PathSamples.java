package dev.hone.explain;

import java.nio.FloatBuffer;

/**
 * What GradientSHAP samples, row by row, so that neither the size of chunks nor the number of rows before it
 * changes a row.
 */
public interface PathSamples {
    /** Number of rows, that is of gradients. */
    int rows();

    /** Which baseline the row has. */
    int baseline(int row);

    /** Where between baseline and image the row's gradient is taken, in [0, 1). */
    float alpha(int row);

    /** How much the row counts; 1 on average. */
    default float weight(int row) {
        return 1;
    }

    /** Rows of different strata need not be alike: the spread between strata is not an error. */
    default int stratum(int row) {
        return 0;
    }

    /** Rows of different cells of a stratum are independent of each other and alike: their spread estimates the error. */
    default int cell(int row) {
        return row;
    }

    /** Whether noise is added to the image. */
    boolean noisy();

    /** Writes the row's noise, one number by element of the input, already scaled. Not called unless {@link #noisy()}. */
    void noise(int row, FloatBuffer to);

    /**
     * Samples that were made elsewhere, such as by another tool, without noise.
     *
     * @param baselines by row
     * @param alphas by row, in [0, 1)
     */
    static PathSamples given(long[] baselines, float[] alphas) {
        if (baselines.length != alphas.length || alphas.length == 0) {
            throw new IllegalArgumentException(
                    baselines.length + " baselines and " + alphas.length + " alphas, expected as many of each");
        }
        return new GivenSamples(baselines, alphas);
    }

    /**
     * Samples from a seed, so that the error of the mean is small and can be estimated: {@link AntitheticSamples} where there are rows
     * enough, else {@link LowDiscrepancySamples}.
     *
     * @param deviation standard deviation of Gaussian noise added to every element of the image, 0 for none
     */
    static PathSamples seeded(long seed, int rows, int baselines, float deviation) {
        if (rows < 1 || baselines < 1) {
            throw new IllegalArgumentException(
                    rows + " rows of " + baselines + " baselines, expected 1 or more of each");
        }
        return AntitheticSamples.suffice(rows, baselines)
                ? new AntitheticSamples(seed, rows, baselines, deviation)
                : new LowDiscrepancySamples(seed, rows, baselines, deviation);
    }
}
