package dev.hone.explain;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * What GradientSHAP draws at random, row by row, so that neither the size of chunks nor the number of rows before it
 * changes a row.
 */
public interface Draws {
    /** Number of rows, that is of gradients. */
    int rows();

    /** Which baseline the row has. */
    int baseline(int row);

    /** Where between baseline and image the row's gradient is taken, in [0, 1). */
    float alpha(int row);

    /** Whether noise is added to the image. */
    boolean noisy();

    /** Writes the row's noise [C,H,W], already scaled. Not called unless {@link #noisy()}. */
    void noise(int row, FloatBuffer to);

    /**
     * Draws from a seed. Alphas are stratified: each row has one of as many equal parts of [0, 1) as there are rows, at
     * random within it; every baseline comes up equally often, or as nearly as the numbers allow. Either has the
     * distribution of independent draws for a single row, and a smaller error of the mean.
     *
     * @param deviation standard deviation of Gaussian noise added to every element of the image, 0 for none
     */
    static Draws seeded(long seed, int rows, int baselines, float deviation) {
        if (rows < 1 || baselines < 1) {
            throw new IllegalArgumentException(
                    rows + " rows of " + baselines + " baselines, expected 1 or more of each");
        }
        SplittableRandom random = new SplittableRandom(seed);
        int[] part = permutation(rows, random);
        int[] baseline = new int[rows];
        for (int row = 0; row < rows; ) {
            for (int index : permutation(baselines, random)) {
                if (row < rows) {
                    baseline[row++] = index;
                }
            }
        }
        float[] alpha = new float[rows];
        for (int row = 0; row < rows; row++) {
            alpha[row] = (float) Math.min((part[row] + random.nextDouble()) / rows, Math.nextDown(1f));
        }
        long noiseSeed = random.nextLong();
        return new Draws() {
            @Override
            public int rows() {
                return rows;
            }

            @Override
            public int baseline(int row) {
                return baseline[row];
            }

            @Override
            public float alpha(int row) {
                return alpha[row];
            }

            @Override
            public boolean noisy() {
                return deviation > 0;
            }

            @Override
            public void noise(int row, FloatBuffer to) {
                SplittableRandom gauss = new SplittableRandom(noiseSeed + row);
                while (to.hasRemaining()) {
                    to.put((float) (deviation * gauss.nextGaussian()));
                }
            }
        };
    }

    private static int[] permutation(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
