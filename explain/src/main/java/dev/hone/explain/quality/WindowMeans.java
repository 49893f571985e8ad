package dev.hone.explain.quality;

/** Absolute values of a map [H,W] and their means over square windows. */
final class WindowMeans {
    private final float[] map;
    private final int width;

    /** Sums of absolute values above and left of a corner, [H+1,W+1]. */
    private final double[] sums;

    WindowMeans(float[] map, int width) {
        this.map = map;
        this.width = width;
        this.sums = new double[(height() + 1) * (width + 1)];
        for (int y = 0; y < height(); y++) {
            double row = 0;
            for (int x = 0; x < width; x++) {
                row += Math.abs(map[y * width + x]);
                sums[corner(y + 1, x + 1)] = sums[corner(y, x + 1)] + row;
            }
        }
    }

    int height() {
        return map.length / width;
    }

    boolean isZero() {
        return sums[sums.length - 1] == 0;
    }

    /**
     * The share of each position (row mod pitch, column mod pitch) of the values relative to the mean of the window around
     * them. Windows stay inside of the map and always contain each position once, so that a periodic map under a slow
     * trend keeps its shares.
     */
    double[] relativeShares(int pitch) {
        double[] shares = new double[pitch * pitch];
        double total = 0;
        for (int y = 0; y < height(); y++) {
            int top = Math.max(0, Math.min(height() - pitch, y - pitch / 2));
            for (int x = 0; x < width; x++) {
                double value = Math.abs(map[y * width + x]);
                if (value > 0) {
                    int left = Math.max(0, Math.min(width - pitch, x - pitch / 2));
                    // Differences of sums may lose a value that is tiny beside them.
                    double relative = value / Math.max(value, sum(top, left, pitch));
                    shares[y % pitch * pitch + x % pitch] += relative;
                    total += relative;
                }
            }
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= total;
        }
        return shares;
    }

    private double sum(int top, int left, int side) {
        return sums[corner(top + side, left + side)]
                - sums[corner(top, left + side)]
                - sums[corner(top + side, left)]
                + sums[corner(top, left)];
    }

    private int corner(int y, int x) {
        return y * (width + 1) + x;
    }
}
