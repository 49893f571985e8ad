package dev.hone.graph.op;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which indices of one axis belong to which of another: pairs, sorted by the first, then by the second. Most maps are the
 * identity, which is kept without pairs, as the extent may be a symbol.
 */
public final class IndexMap {
    /** Index for index, whatever the extent. */
    public static final IndexMap IDENTITY = new IndexMap(null, null);

    private final int[] from;
    private final int[] to;

    private IndexMap(int[] from, int[] to) {
        this.from = from;
        this.to = to;
    }

    /** @param pairs {@code from * extent + to}, sorted, each once; {@code extent} the size of the second axis */
    private static IndexMap ofPairs(long[] pairs, int extent) {
        int[] from = Arrays.stream(pairs).mapToInt(p -> (int) (p / extent)).toArray();
        int[] to = Arrays.stream(pairs).mapToInt(p -> (int) (p % extent)).toArray();
        return new IndexMap(from, to);
    }

    /**
     * A map by the origin of each index of the second axis.
     *
     * @param extent of the second axis
     * @param origin the index of the first axis, negative where there is none
     */
    public static IndexMap byOrigin(int extent, IntUnaryOperator origin) {
        return ofPairs(
                IntStream.range(0, extent)
                        .filter(j -> origin.applyAsInt(j) >= 0)
                        .mapToLong(j -> (long) origin.applyAsInt(j) * extent + j)
                        .sorted()
                        .toArray(),
                Math.max(1, extent));
    }

    /**
     * A map by the target of each index of the first axis.
     *
     * @param extent of the first axis
     * @param target the index of the second axis, negative where there is none
     */
    public static IndexMap byTarget(int extent, IntUnaryOperator target) {
        return byOrigin(extent, target).inverse();
    }

    public boolean isIdentity() {
        return from == null;
    }

    /** The indices of the second axis that belong to one of the first, in order. */
    public int[] targets(int index) {
        if (isIdentity()) {
            return new int[] {index};
        }
        int start = Arrays.binarySearch(from, index);
        if (start < 0) {
            return new int[0];
        }
        while (start > 0 && from[start - 1] == index) {
            start--;
        }
        int end = start;
        while (end < from.length && from[end] == index) {
            end++;
        }
        return Arrays.copyOfRange(to, start, end);
    }

    /** The map from the second axis to the first. */
    public IndexMap inverse() {
        if (isIdentity()) {
            return this;
        }
        int extent = 1 + Arrays.stream(from).max().orElse(0);
        return ofPairs(
                IntStream.range(0, from.length)
                        .mapToLong(k -> (long) to[k] * extent + from[k])
                        .sorted()
                        .toArray(),
                extent);
    }

    @Override
    public String toString() {
        return isIdentity() ? "identity" : Arrays.toString(from) + " to " + Arrays.toString(to);
    }
}
