package dev.hone.vision.augment;

/**
 * Inverse affine mapping with bilinear interpolation in 16.16 fixed point, in one pass over the target. Beyond the
 * border the image is reflected (the border pixel is repeated once).
 *
 * <p>Target pixel (x, y) takes the source at ({@code xx*x + xy*y + x0}, {@code yx*x + yy*y + y0}), in pixel indices.
 */
record Warp(double xx, double xy, double x0, double yx, double yy, double y0) {
    private static final int ONE = 1 << 16;

    static Warp identity() {
        return new Warp(1, 0, 0, 0, 1, 0);
    }

    boolean isIdentity() {
        return equals(identity());
    }

    /** The composition that applies this mapping first, from target to source, and then {@code inner}. */
    Warp then(Warp inner) {
        return new Warp(
                inner.xx * xx + inner.xy * yx,
                inner.xx * xy + inner.xy * yy,
                inner.xx * x0 + inner.xy * y0 + inner.x0,
                inner.yx * xx + inner.yy * yx,
                inner.yx * xy + inner.yy * yy,
                inner.yx * x0 + inner.yy * y0 + inner.y0);
    }

    /** @param source [C,H,W]; {@code target} has the same shape and must be a different array */
    void apply(byte[] source, byte[] target, int channels, int height, int width) {
        int plane = height * width;
        int stepX = (int) Math.round(xx * ONE);
        int stepY = (int) Math.round(yx * ONE);
        for (int c = 0; c < channels; c++) {
            int base = c * plane;
            for (int y = 0; y < height; y++) {
                int fx = (int) Math.round((xy * y + x0) * ONE);
                int fy = (int) Math.round((yy * y + y0) * ONE);
                int to = base + y * width;
                if (inside(fx, stepX, width) && inside(fy, stepY, height, width)) {
                    for (int x = 0; x < width; x++, fx += stepX, fy += stepY) {
                        int at = base + (fy >> 16) * width + (fx >> 16);
                        int wx = fx >> 8 & 0xff;
                        int wy = fy >> 8 & 0xff;
                        int top = ((source[at] & 0xff) << 8) + wx * ((source[at + 1] & 0xff) - (source[at] & 0xff));
                        at += width;
                        int low = ((source[at] & 0xff) << 8) + wx * ((source[at + 1] & 0xff) - (source[at] & 0xff));
                        target[to + x] = (byte) ((top * (256 - wy) + low * wy + (1 << 15)) >> 16);
                    }
                } else {
                    for (int x = 0; x < width; x++, fx += stepX, fy += stepY) {
                        int sx = fx >> 16;
                        int sy = fy >> 16;
                        int left = mirror(sx, width);
                        int right = mirror(sx + 1, width);
                        int above = base + mirror(sy, height) * width;
                        int below = base + mirror(sy + 1, height) * width;
                        int wx = fx >> 8 & 0xff;
                        int wy = fy >> 8 & 0xff;
                        int top = (source[above + left] & 0xff) * (256 - wx) + (source[above + right] & 0xff) * wx;
                        int low = (source[below + left] & 0xff) * (256 - wx) + (source[below + right] & 0xff) * wx;
                        target[to + x] = (byte) ((top * (256 - wy) + low * wy + (1 << 15)) >> 16);
                    }
                }
            }
        }
    }

    private static boolean inside(int start, int step, int side) {
        return inside(start, step, side, side);
    }

    /** Whether the coordinates of a whole row along one axis, and their right neighbors, are in 0..side-1. */
    private static boolean inside(int start, int step, int side, int count) {
        long end = start + (long) step * (count - 1);
        return Math.min(start, end) >= 0 && Math.max(start, end) < (long) (side - 1) << 16;
    }

    static int mirror(int i, int n) {
        if (i >= 0 && i < n) {
            return i;
        }
        int period = 2 * n;
        int m = Math.floorMod(i, period);
        return m < n ? m : period - 1 - m;
    }
}
