package dev.hone.vision.duplicates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How alike two maps are where one may be shifted by up to 8 % and stretched by up to 6 % against the other, as frames of one
 * part are: patches of the first are correlated with the second at all shifts near their place, and one shift and stretch is
 * sought at which all patches together correlate best.
 *
 * <p>An object has buffers of its own and is for one thread.
 */
final class PatchMatch {
    private static final int SIDE = StructureMap.SIDE;

    /** Side of a patch. */
    private static final int PATCH = 12;

    /** Patches along a side, this many pixels apart. */
    private static final int ALONG = 7;

    private static final int STEP = 7;
    private static final int PATCHES = ALONG * ALONG;

    /** Largest shift of a patch. */
    private static final int REACH = 5;

    private static final int SHIFTS = 2 * REACH + 1;

    /** Pixels by which the opposite patches of a row or column may move apart. */
    private static final double[] STRETCHES = {-3.9, -2.6, -1.3, 0, 1.3, 2.6, 3.9};

    /** The first patches are every other one along both axes: where they do not fit, the others are not looked at. */
    private static final int[] ORDER = order();

    private static final int FIRST = 16;

    /** Mean of the first patches below which two maps are not alike. */
    private static final double LEAST = 0.45;

    /** For each shift and stretch the place of every patch's correlation in {@link #correlations}. */
    private static final int[][] MOTIONS = motions();

    /** Energy of a patch, in squared values of a map, that counts as none. */
    private static final float NO_ENERGY = 1;

    private final float[] correlations = new float[PATCHES * SHIFTS * SHIFTS];
    private final float[] products = new float[SHIFTS * SHIFTS];
    private final float[] energies = new float[SHIFTS * SHIFTS];

    /**
     * Correlations of patches at the best shift and stretch, -1 to 1.
     *
     * @param mean over all patches
     * @param quartile three quarters of the patches have at least this one
     */
    record Score(double mean, double quartile) {}

    private static int[] order() {
        return IntStream.range(0, PATCHES)
                .boxed()
                .sorted(Comparator.comparingInt(p -> p / ALONG % 2 + p % ALONG % 2 == 0 ? 0 : 1))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[][] motions() {
        List<int[]> all = new ArrayList<>();
        for (double down : STRETCHES) {
            for (double right : STRETCHES) {
                for (int shift = 0; shift < SHIFTS * SHIFTS; shift++) {
                    int[] places = new int[PATCHES];
                    boolean inside = true;
                    for (int k = 0; k < PATCHES; k++) {
                        int p = ORDER[k];
                        int row = p / ALONG;
                        long dy = shift / SHIFTS - REACH + Math.round(down * (row / (ALONG - 1.0) - 0.5));
                        long dx = shift % SHIFTS - REACH + Math.round(right * (p % ALONG / (ALONG - 1.0) - 0.5));
                        inside &= Math.abs(dy) <= REACH && Math.abs(dx) <= REACH;
                        places[k] = Math.toIntExact(((long) p * SHIFTS + dy + REACH) * SHIFTS + dx + REACH);
                    }
                    if (inside) {
                        all.add(places);
                    }
                }
            }
        }
        return all.toArray(int[][]::new);
    }

    /**
     * Compares two maps of {@code SIDE * SIDE} values.
     *
     * @return of maps that are far from alike, the mean of some patches, and -1 as quartile
     */
    Score of(float[] a, float[] b) {
        for (int k = 0; k < FIRST; k++) {
            correlate(a, b, ORDER[k]);
        }
        double some = mean(best(FIRST), FIRST);
        if (some < LEAST) {
            return new Score(some, -1);
        }
        for (int k = FIRST; k < PATCHES; k++) {
            correlate(a, b, ORDER[k]);
        }
        int[] motion = best(PATCHES);
        float[] sorted = new float[PATCHES];
        for (int k = 0; k < PATCHES; k++) {
            sorted[k] = correlations[motion[k]];
        }
        Arrays.sort(sorted);
        return new Score(mean(motion, PATCHES), sorted[PATCHES / 4]);
    }

    /** The motion by which the first so many patches correlate best. */
    private int[] best(int patches) {
        int[] best = MOTIONS[0];
        float most = Float.NEGATIVE_INFINITY;
        for (int[] motion : MOTIONS) {
            float sum = 0;
            for (int k = 0; k < patches; k++) {
                sum += correlations[motion[k]];
            }
            if (sum > most) {
                most = sum;
                best = motion;
            }
        }
        return best;
    }

    private double mean(int[] motion, int patches) {
        double sum = 0;
        for (int k = 0; k < patches; k++) {
            sum += correlations[motion[k]];
        }
        return sum / patches;
    }

    private void correlate(float[] a, float[] b, int patch) {
        int top = REACH + patch / ALONG * STEP;
        int left = REACH + patch % ALONG * STEP;
        Arrays.fill(products, 0);
        Arrays.fill(energies, 0);
        float own = 0;
        for (int y = 0; y < PATCH; y++) {
            for (int x = 0; x < PATCH; x++) {
                float value = a[(top + y) * SIDE + left + x];
                own += value * value;
                for (int dy = 0; dy < SHIFTS; dy++) {
                    int from = (top + y + dy - REACH) * SIDE + left + x - REACH;
                    int to = dy * SHIFTS;
                    for (int dx = 0; dx < SHIFTS; dx++) {
                        float other = b[from + dx];
                        products[to + dx] += value * other;
                        energies[to + dx] += other * other;
                    }
                }
            }
        }
        for (int s = 0; s < SHIFTS * SHIFTS; s++) {
            correlations[patch * SHIFTS * SHIFTS + s] =
                    products[s] / (float) Math.sqrt((own + NO_ENERGY) * (energies[s] + NO_ENERGY));
        }
    }
}
