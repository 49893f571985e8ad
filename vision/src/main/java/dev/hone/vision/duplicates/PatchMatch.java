package dev.hone.vision.duplicates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

    private static int[][] motions() {
        List<int[]> all = new ArrayList<>();
        for (double down : STRETCHES) {
            for (double right : STRETCHES) {
                for (int shift = 0; shift < SHIFTS * SHIFTS; shift++) {
                    int[] places = new int[PATCHES];
                    boolean inside = true;
                    for (int p = 0; p < PATCHES; p++) {
                        long dy = shift / SHIFTS - REACH + Math.round(down * (p / ALONG / (ALONG - 1.0) - 0.5));
                        long dx = shift % SHIFTS - REACH + Math.round(right * (p % ALONG / (ALONG - 1.0) - 0.5));
                        inside &= Math.abs(dy) <= REACH && Math.abs(dx) <= REACH;
                        places[p] = (int) ((p * SHIFTS + dy + REACH) * SHIFTS + dx + REACH);
                    }
                    if (inside) {
                        all.add(places);
                    }
                }
            }
        }
        return all.toArray(int[][]::new);
    }

    /** @param a {@code SIDE * SIDE} values, as b */
    Score of(float[] a, float[] b) {
        for (int p = 0; p < PATCHES; p++) {
            correlate(a, b, p);
        }
        float best = Float.NEGATIVE_INFINITY;
        int[] motion = MOTIONS[0];
        for (int[] places : MOTIONS) {
            float sum = 0;
            for (int place : places) {
                sum += correlations[place];
            }
            if (sum > best) {
                best = sum;
                motion = places;
            }
        }
        float[] sorted = new float[PATCHES];
        for (int p = 0; p < PATCHES; p++) {
            sorted[p] = correlations[motion[p]];
        }
        Arrays.sort(sorted);
        return new Score(best / PATCHES, sorted[PATCHES / 4]);
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
