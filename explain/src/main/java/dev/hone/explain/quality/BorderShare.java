package dev.hone.explain.quality;

import java.util.List;

/**
 * The share of attribution that lies on the border of the image, beside the border's share of the area. Zero padding makes
 * networks see the border, whatever the image shows.
 *
 * @param pixels width of the border
 * @param share of the absolute attribution on the border, 0 to 1; mean over maps, each of which counts the same
 * @param area the border's share of the pixels, 0 to 1
 * @param standardError of the share, over maps; NaN from one map
 */
public record BorderShare(int pixels, double share, double area, double standardError) {
    /** Side of the image over the width of its border. */
    private static final int SIDE_OVER_BORDER = 32;

    /** How far the share is above uniform. */
    public double excess() {
        return share - area;
    }

    /**
     * The border of a 32nd of the shorter side, at least one pixel.
     *
     * @param maps attributions, [H,W] each, all of one size; maps that are zero everywhere are left out
     * @return null if no map is left
     */
    public static BorderShare of(List<float[]> maps, int width) {
        return maps.isEmpty()
                ? null
                : of(maps, width, Math.max(1, Math.min(width, maps.get(0).length / width) / SIDE_OVER_BORDER));
    }

    /**
     * A border of that many pixels.
     *
     * @see #of(List, int)
     */
    public static BorderShare of(List<float[]> maps, int width, int pixels) {
        double sum = 0;
        double squares = 0;
        int n = 0;
        for (float[] map : maps) {
            double on = 0;
            double all = 0;
            for (int i = 0; i < map.length; i++) {
                double value = Math.abs(map[i]);
                all += value;
                on += onBorder(i, map.length / width, width, pixels) ? value : 0;
            }
            if (all > 0) {
                sum += on / all;
                squares += on / all * (on / all);
                n++;
            }
        }
        if (n == 0) {
            return null;
        }
        double mean = sum / n;
        double variance = Math.max(0, squares / n - mean * mean) * n / (n - 1);
        return new BorderShare(pixels, mean, area(maps.get(0).length / width, width, pixels), Math.sqrt(variance / n));
    }

    private static boolean onBorder(int i, int height, int width, int pixels) {
        int y = i / width;
        int x = i % width;
        return Math.min(Math.min(y, height - 1 - y), Math.min(x, width - 1 - x)) < pixels;
    }

    private static double area(int height, int width, int pixels) {
        double inside = Math.max(0.0, height - 2.0 * pixels) * Math.max(0, width - 2 * pixels);
        return 1 - inside / ((double) height * width);
    }
}
