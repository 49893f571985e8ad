package dev.hone.vision.duplicates;

import dev.hone.vision.image.Image;

/**
 * What stays of an image when its light is taken away: the difference of two blurs, divided by its local deviation, so that
 * neither brightness nor contrast nor a gradient of light over the image changes it much. Values are about 1 in deviation
 * where there is structure, smaller where there is noise only.
 */
final class StructureMap {
    /** Side of the images that maps are made of; a file's image is stretched to it. */
    static final int IMAGE = 128;

    /** Side of a map, {@code SIDE * SIDE} values. */
    static final int SIDE = 64;

    /** A map's values are kept as bytes, this many to one. */
    static final float SCALE = 40;

    /** Radii of boxes: one pass is about a Gaussian of deviation 1 pixel, two passes of the other of 5. */
    private static final int FINE = 1;

    private static final int COARSE = 6;

    /** Variance in gray levels below which structure counts as noise. */
    private static final float NOISE = 0.5f;

    private static final float LARGEST = 3;

    private StructureMap() {}

    /** @param gray one channel, {@link #IMAGE} x {@link #IMAGE} */
    static byte[] of(Image gray) {
        int n = IMAGE * IMAGE;
        float[] fine = new float[n];
        for (int i = 0; i < n; i++) {
            fine[i] = gray.pixels()[i] & 0xff;
        }
        float[] scratch = new float[n];
        blur(fine, scratch, FINE, 1);
        float[] coarse = fine.clone();
        blur(coarse, scratch, COARSE, 2);
        float[] variance = new float[n];
        for (int i = 0; i < n; i++) {
            fine[i] -= coarse[i];
            variance[i] = fine[i] * fine[i];
        }
        blur(variance, scratch, COARSE, 2);
        for (int i = 0; i < n; i++) {
            float value = fine[i] / (float) Math.sqrt(variance[i] + NOISE);
            fine[i] = Math.max(-LARGEST, Math.min(LARGEST, value));
        }
        float[] small = reduced(fine, IMAGE, IMAGE / SIDE);
        byte[] map = new byte[small.length];
        for (int i = 0; i < map.length; i++) {
            map[i] = (byte) Math.round(small[i] * SCALE);
        }
        return map;
    }

    /** Means of {@code factor x factor} pixels. */
    static float[] reduced(float[] map, int side, int factor) {
        int small = side / factor;
        float[] out = new float[small * small];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                out[y / factor * small + x / factor] += map[y * side + x];
            }
        }
        float scale = 1f / (factor * factor);
        for (int i = 0; i < out.length; i++) {
            out[i] *= scale;
        }
        return out;
    }

    /** Box filters along both axes, repeated; the border is replicated. */
    private static void blur(float[] map, float[] scratch, int radius, int times) {
        for (int t = 0; t < times; t++) {
            box(map, scratch, radius);
            box(scratch, map, radius);
        }
    }

    /** Filters rows and writes them as columns. */
    private static void box(float[] in, float[] out, int radius) {
        float scale = 1f / (2 * radius + 1);
        for (int y = 0; y < IMAGE; y++) {
            int row = y * IMAGE;
            float sum = in[row] * radius;
            for (int x = 0; x <= radius; x++) {
                sum += in[row + x];
            }
            for (int x = 0; x < IMAGE; x++) {
                out[x * IMAGE + y] = sum * scale;
                sum += in[row + Math.min(IMAGE - 1, x + radius + 1)] - in[row + Math.max(0, x - radius)];
            }
        }
    }
}
