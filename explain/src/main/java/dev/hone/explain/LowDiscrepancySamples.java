package dev.hone.explain;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Randomized low-discrepancy samples, for when there are too few rows for {@link AntitheticSamples}. Baselines come up equally often, or as nearly as the number of rows allows. The rows
 * are dealt out to a few streams, which are alike and independent: the spread between streams estimates the error. In a stream
 * over R baselines, the one of rank k has at its t-th turn
 *
 * <pre>alpha = frac(u + pi(k) / R + t * golden ratio)</pre>
 *
 * <p>with u uniform and pi a random permutation of the stream's own: in each turn the alphas are an equidistant grid over
 * the baselines, and for each baseline they are a Kronecker sequence over the turns, the one of least discrepancy. Each
 * alpha alone is uniform, so that the mean is unbiased. (A. B. Owen, Monte Carlo theory, methods and examples, chapters
 * 8 and 17.) Where a stream has fewer rows than there are baselines, it has a random part of them. A baseline with fewer
 * rows than another has a larger weight for each.
 */
final class LowDiscrepancySamples implements PathSamples {
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final int FEWEST_STREAMS = 3;
    private static final int MOST_STREAMS = 8;

    private final int rows;
    private final int streams;
    private final int[] order;
    private final int[][] ranks;
    private final double[] shifts;
    private final int[] rowsOfBaseline;
    private final SeededNoise noise;

    LowDiscrepancySamples(long seed, int rows, int baselines, float deviation) {
        this.rows = rows;
        this.streams = Math.min(rows, Math.max(FEWEST_STREAMS, Math.min(MOST_STREAMS, rows / baselines)));
        SplittableRandom random = new SplittableRandom(seed);
        this.order = permutation(baselines, random);
        this.ranks = new int[streams][];
        this.shifts = new double[streams];
        for (int s = 0; s < streams; s++) {
            ranks[s] = permutation(Math.min(baselines, (rows + streams - 1) / streams), random);
            shifts[s] = random.nextDouble();
        }
        this.noise = new SeededNoise(random.nextLong(), deviation);
        this.rowsOfBaseline = new int[baselines];
        for (int row = 0; row < rows; row++) {
            rowsOfBaseline[baseline(row)]++;
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int baseline(int row) {
        int stream = cell(row);
        // Each stream goes on where the one before it ends.
        int before = stream * (rows / streams) + Math.min(stream, rows % streams);
        return order[(before + row / streams) % order.length];
    }

    @Override
    public float alpha(int row) {
        int[] rank = ranks[cell(row)];
        int index = row / streams;
        int turn = index / rank.length;
        double alpha = shifts[cell(row)] + rank[index % rank.length] / (double) rank.length + turn * GOLDEN;
        return (float) Math.min(alpha - Math.floor(alpha), Math.nextDown(1f));
    }

    @Override
    public float weight(int row) {
        return (float) ((double) rows / Math.min(rows, order.length) / rowsOfBaseline[baseline(row)]);
    }

    @Override
    public int cell(int row) {
        return row % streams;
    }

    @Override
    public boolean noisy() {
        return noise.deviation() > 0;
    }

    @Override
    public void noise(int row, FloatBuffer to) {
        noise.write(row, to);
    }

    static int[] permutation(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
