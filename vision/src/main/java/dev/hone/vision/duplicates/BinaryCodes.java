package dev.hone.vision.duplicates;

import dev.hone.data.SeededRandom;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Compact codes of coarse maps: the signs of random projections, of which two maps share the more the more they are alike
 * (Charikar 2002). Neighbours are found by comparing all codes if they are few; else in sorted lists of the codes with their
 * bits permuted, where alike ones stand near each other in some list, so that the time grows with n log n.
 */
final class BinaryCodes {
    /** Bits of a code. */
    static final int BITS = 256;

    private static final int LONGS = BITS / Long.SIZE;

    /** Values of a map that is encoded. */
    static final int VALUES = 256;

    private static final float[][] PROJECTIONS = projections(VALUES);

    /** Up to so many codes, all are compared. */
    private static final int FEW = 8192;

    /** Lists of permuted codes, and places to each side that are looked at in each. */
    private static final int LISTS = 32;

    private static final int WINDOW = 32;

    private final long[] codes;
    private final int size;
    private final int few;
    private final int[][] lists;
    private final int[][] permutations;

    /**
     * @param codes {@link #LONGS} numbers each
     * @param few up to so many are all compared
     */
    BinaryCodes(long[] codes, int few) {
        this.codes = codes;
        this.size = codes.length / LONGS;
        this.few = few;
        this.permutations = new int[size > few ? LISTS : 0][];
        this.lists = new int[permutations.length][];
        SeededRandom random = new SeededRandom(size);
        for (int l = 0; l < lists.length; l++) {
            permutations[l] = IntStream.range(0, BITS).toArray();
            random.shuffle(permutations[l]);
        }
        IntStream.range(0, lists.length).parallel().forEach(l -> lists[l] = sorted(permutations[l]));
    }

    /** The codes of so many maps. */
    static BinaryCodes of(int size, IntFunction<float[]> map) {
        long[] codes = new long[size * LONGS];
        IntStream.range(0, size)
                .parallel()
                .forEach(i -> System.arraycopy(encode(map.apply(i)), 0, codes, i * LONGS, LONGS));
        return new BinaryCodes(codes, FEW);
    }

    /** Rows of projections that make codes of maps with so many values. */
    private static float[][] projections(int values) {
        SeededRandom random = new SeededRandom(values, BITS);
        float[][] rows = new float[BITS][values];
        for (float[] row : rows) {
            for (int i = 0; i < values; i++) {
                row[i] = (float) random.gaussian();
            }
        }
        return rows;
    }

    /** @param map {@link #VALUES} values */
    static long[] encode(float[] map) {
        long[] code = new long[LONGS];
        for (int bit = 0; bit < BITS; bit++) {
            float sum = 0;
            for (int i = 0; i < VALUES; i++) {
                sum += PROJECTIONS[bit][i] * map[i];
            }
            if (sum > 0) {
                code[bit / Long.SIZE] |= 1L << bit % Long.SIZE;
            }
        }
        return code;
    }

    /** A neighbour and in how many bits its code differs. */
    record Neighbour(int index, int distance) {}

    /**
     * The codes nearest to one, nearest first.
     *
     * @param code any code
     * @param self the index of a code that is no neighbour
     * @param count at most so many
     * @param limit of the distance
     */
    Neighbour[] nearest(long[] code, int self, int count, int limit) {
        PriorityQueue<Neighbour> kept =
                new PriorityQueue<>((a, b) -> a.distance != b.distance ? b.distance - a.distance : b.index - a.index);
        IntConsumer consider = j -> {
            int distance = 0;
            for (int l = 0; l < LONGS; l++) {
                distance += Long.bitCount(code[l] ^ codes[j * LONGS + l]);
            }
            if (j != self && distance <= limit && (kept.size() < count || distance < kept.peek().distance)) {
                kept.add(new Neighbour(j, distance));
                if (kept.size() > count) {
                    kept.poll();
                }
            }
        };
        if (size <= few) {
            IntStream.range(0, size).forEach(consider);
        } else {
            near(code).forEach(consider);
        }
        Neighbour[] sorted = kept.toArray(Neighbour[]::new);
        Arrays.sort(sorted, (a, b) -> a.distance != b.distance ? a.distance - b.distance : a.index - b.index);
        return sorted;
    }

    long[] code(int index) {
        return Arrays.copyOfRange(codes, index * LONGS, (index + 1) * LONGS);
    }

    private IntStream near(long[] code) {
        int[] found = new int[LISTS * 2 * WINDOW];
        int count = 0;
        for (int l = 0; l < LISTS; l++) {
            int at = place(code, l);
            for (int k = Math.max(0, at - WINDOW); k < Math.min(size, at + WINDOW); k++) {
                found[count++] = lists[l][k];
            }
        }
        return IntStream.of(found).limit(count).sorted().distinct();
    }

    /** The first place in a list whose code is not before this one. */
    private int place(long[] code, int list) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(codes, lists[list][middle] * LONGS, code, 0, permutations[list]) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int[] sorted(int[] permutation) {
        return IntStream.range(0, size)
                .boxed()
                .sorted((a, b) -> {
                    int order = compare(codes, a * LONGS, codes, b * LONGS, permutation);
                    return order != 0 ? order : a - b;
                })
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Lexicographic in the order of the permutation. */
    private static int compare(long[] a, int atA, long[] b, int atB, int[] permutation) {
        for (int bit : permutation) {
            long one = a[atA + bit / Long.SIZE] >>> bit % Long.SIZE & 1;
            long other = b[atB + bit / Long.SIZE] >>> bit % Long.SIZE & 1;
            if (one != other) {
                return one < other ? -1 : 1;
            }
        }
        return 0;
    }
}
