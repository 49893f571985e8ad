package dev.hone.data.table;

import dev.hone.data.Split;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Stratified, seeded division of the training rows of a table, with a few numbers a row in memory. Rows of one group stay
 * together; so do equal rows, unless more than a tenth of all rows are copies, as in tables with few different values.
 */
final class RowHoldOut {
    private static final double MANY_COPIES = 0.1;

    private final TableData data;
    private final Split[] splits;
    /** Equal for rows that stay together, and in the order in which they are held out. */
    private final long[] keys;
    /** The class that a row is counted for: that of its group's first row. */
    private final int[] strata;

    RowHoldOut(TableData data, long seed) {
        this.data = data;
        this.splits = new Split[data.size()];
        this.keys = new long[data.size()];
        this.strata = new int[data.size()];
        boolean copies = hasManyCopies();
        Map<Long, Integer> classOfGroup = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            splits[i] = data.split(i) == Split.NONE ? Split.TRAIN : data.split(i);
            int label = data.classes().isEmpty() ? 0 : data.label(i);
            long group = data.group(i);
            keys[i] = mix(group != 0 ? group : copies ? mix(data.hash(i), i) : data.hash(i), seed);
            strata[i] = group == 0 ? label : classOfGroup.computeIfAbsent(group, g -> label);
        }
    }

    private boolean hasManyCopies() {
        long[] hashes = new long[keys.length];
        Arrays.setAll(hashes, data::hash);
        Arrays.sort(hashes);
        int copies = 0;
        for (int i = 1; i < hashes.length; i++) {
            copies += hashes[i] == hashes[i - 1] ? 1 : 0;
        }
        return copies > MANY_COPIES * hashes.length;
    }

    Split[] apply(Split to, double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("fraction " + fraction + " is not between 0 and 1");
        }
        int classes = Math.max(1, data.classes().size());
        for (int c = 0; c < classes; c++) {
            hold(c, to, fraction);
        }
        return splits;
    }

    private void hold(int stratum, Split to, double fraction) {
        long[] sorted = new long[keys.length];
        int count = 0;
        for (int i = 0; i < keys.length; i++) {
            if (splits[i] == Split.TRAIN && strata[i] == stratum) {
                sorted[count++] = keys[i];
            }
        }
        sorted = Arrays.copyOf(sorted, count);
        Arrays.sort(sorted);
        long[] chosen = choose(sorted, Math.max(1, Math.round(count * fraction)));
        for (int i = 0; i < keys.length; i++) {
            if (splits[i] == Split.TRAIN && strata[i] == stratum && Arrays.binarySearch(chosen, keys[i]) >= 0) {
                splits[i] = to;
            }
        }
    }

    /** Keys of about so many rows, in order; never that of the last unit, which stays for training. */
    private static long[] choose(long[] sorted, long wanted) {
        long[] chosen = new long[sorted.length];
        int units = 0;
        int taken = 0;
        int smallest = Integer.MAX_VALUE;
        long smallestKey = 0;
        for (int from = 0; from < sorted.length; ) {
            int end = from;
            while (end < sorted.length && sorted[end] == sorted[from]) {
                end++;
            }
            int size = end - from;
            if (end == sorted.length) {
                break;
            }
            // a unit that would overshoot by more than it is short of is left for a smaller one
            if (taken + size / 2 < wanted) {
                chosen[units++] = sorted[from];
                taken += size;
            }
            if (size < smallest) {
                smallest = size;
                smallestKey = sorted[from];
            }
            from = end;
        }
        if (units == 0 && smallest < Integer.MAX_VALUE) {
            chosen[units++] = smallestKey;
        }
        return Arrays.copyOf(chosen, units);
    }

    /** A hash of two numbers (the finalizer of SplitMix64, Steele et al. 2014). */
    static long mix(long a, long b) {
        long z = a + b * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
