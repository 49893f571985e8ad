package dev.hone.explain;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Stratified, antithetic samples, for when there are rows enough: two pairs for each baseline. Every baseline is a stratum
 * with the same number of pairs, or one more, and counts the same, so that differences between baselines are no error. The
 * pairs of a baseline are dealt out to a few cells, which are independent; a cell of k pairs has
 *
 * <pre>alpha = (t + u_t) / k   and   (t + 1 - u_t) / k,   t = 0 .. k - 1</pre>
 *
 * <p>with u_t uniform: in each k-th of the interval a number and its mirror image, so that what is linear in alpha there
 * comes out exact and the error of what is smooth falls with k^-2.5. The mean over a cell is unbiased, and the
 * spread between cells estimates the error. (A. B. Owen, Monte Carlo theory, methods and examples, chapters 8 and 10; S.
 * Haber 1967, A modified Monte-Carlo quadrature II.) An odd row is sampled by itself, uniformly.
 */
final class AntitheticSamples implements PathSamples {
    /** Cells of a single baseline; of several, together. */
    private static final int CELLS = 6;

    private static final int FEWEST_CELLS = 3;
    private static final int FEWEST_PAIRS = 4;

    private final float[] alphas;
    private final int[] baselines;
    private final int[] strata;
    private final int[] cells;
    private final int[] rowsOfBaseline;
    private final SeededNoise noise;

    /** Whether so many rows suffice to estimate an error: of two pairs for each baseline, four at least. */
    static boolean suffice(int rows, int baselines) {
        return rows / 2 >= Math.max(2 * baselines, FEWEST_PAIRS);
    }

    AntitheticSamples(long seed, int rows, int baselineCount, float deviation) {
        alphas = new float[rows];
        baselines = new int[rows];
        strata = new int[rows];
        cells = new int[rows];
        rowsOfBaseline = new int[baselineCount];
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = LowDiscrepancySamples.permutation(baselineCount, random);
        int pairs = rows / 2;
        int row = 0;
        for (int stratum = 0; stratum < baselineCount; stratum++) {
            int own = pairs / baselineCount + (stratum < pairs % baselineCount ? 1 : 0);
            int parts = Math.min(own, Math.max(FEWEST_CELLS, (CELLS + baselineCount - 1) / baselineCount));
            boolean odd = rows % 2 == 1 && stratum == pairs % baselineCount;
            for (int cell = 0; cell < parts; cell++) {
                int k = own / parts + (cell < own % parts ? 1 : 0);
                for (int t = 0; t < k; t++) {
                    double u = random.nextDouble();
                    set(row++, order[stratum], stratum, cell, (t + u) / k);
                    set(row++, order[stratum], stratum, cell, (t + 1 - u) / k);
                }
                if (odd && cell == parts - 1) {
                    set(row++, order[stratum], stratum, cell, random.nextDouble());
                }
            }
        }
        noise = new SeededNoise(random.nextLong(), deviation);
    }

    private void set(int row, int baseline, int stratum, int cell, double alpha) {
        baselines[row] = baseline;
        strata[row] = stratum;
        cells[row] = cell;
        alphas[row] = (float) Math.min(alpha, Math.nextDown(1f));
        rowsOfBaseline[baseline]++;
    }

    @Override
    public int rows() {
        return alphas.length;
    }

    @Override
    public int baseline(int row) {
        return baselines[row];
    }

    @Override
    public float alpha(int row) {
        return alphas[row];
    }

    @Override
    public float weight(int row) {
        return (float) ((double) rows() / rowsOfBaseline.length / rowsOfBaseline[baselines[row]]);
    }

    @Override
    public int stratum(int row) {
        return strata[row];
    }

    @Override
    public int cell(int row) {
        return cells[row];
    }

    @Override
    public boolean noisy() {
        return noise.deviation() > 0;
    }

    @Override
    public void noise(int row, FloatBuffer to) {
        noise.write(row, to);
    }
}
