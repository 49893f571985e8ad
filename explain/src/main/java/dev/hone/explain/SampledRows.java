package dev.hone.explain;

import dev.hone.core.HoneException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Baselines chosen from many rows, such as those of a table: some at random, as files are often sorted. */
public final class SampledRows {
    /** Baselines are part of the question, which stays the same whatever the seed of the samples. */
    public static final long SEED = 1;

    private SampledRows() {}

    /**
     * Different rows, each as likely as any other; the same ones for the same numbers.
     *
     * @param rows how many there are
     * @param count how many to sample, 1 or more; where there are no more, all of them are taken
     * @return their indices from 0, in the order of sampling
     */
    public static int[] of(int rows, int count, long seed) {
        if (count < 1) {
            throw new HoneException(count + " baselines are too few, expected 1 or more");
        }
        int[] order = IntStream.range(0, rows).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = rows - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return Arrays.copyOf(order, Math.min(count, rows));
    }
}
