package dev.hone.explain.quality;

import java.util.stream.IntStream;

/** Order of values, and how alike two orders are. */
public final class RankCorrelation {
    private RankCorrelation() {}

    /** Indices of the values from the largest to the smallest; equal ones in the order they stand in. */
    static int[] descending(float[] values) {
        // Sorted as longs: the value's bits, made to order as the values do, then the index.
        long[] keys = new long[values.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(values[i] + 0f);
            int ordered = bits < 0 ? ~bits ^ Integer.MIN_VALUE : bits;
            keys[i] = (long) ~ordered << 32 | i;
        }
        java.util.Arrays.sort(keys);
        return IntStream.range(0, keys.length).map(i -> (int) keys[i]).toArray();
    }

    /**
     * Spearman's rank correlation of two maps, from -1 to 1; equal values share their mean rank. NaN where all values of
     * a map are equal. For the agreement between methods, and of a model's map with that of a randomized one.
     */
    public static double correlation(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("maps of " + a.length + " and " + b.length + " values, expected equals");
        }
        double[] first = ranks(a);
        double[] second = ranks(b);
        double mean = (a.length - 1) / 2.0;
        double products = 0;
        double firsts = 0;
        double seconds = 0;
        for (int i = 0; i < a.length; i++) {
            products += (first[i] - mean) * (second[i] - mean);
            firsts += (first[i] - mean) * (first[i] - mean);
            seconds += (second[i] - mean) * (second[i] - mean);
        }
        return firsts == 0 || seconds == 0 ? Double.NaN : products / Math.sqrt(firsts * seconds);
    }

    private static double[] ranks(float[] values) {
        int[] order = descending(values);
        double[] ranks = new double[values.length];
        for (int first = 0, end; first < order.length; first = end) {
            end = first + 1;
            while (end < order.length && values[order[end]] == values[order[first]]) {
                end++;
            }
            for (int i = first; i < end; i++) {
                ranks[order[i]] = (first + end - 1) / 2.0;
            }
        }
        return ranks;
    }
}
