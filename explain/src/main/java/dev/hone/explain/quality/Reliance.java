package dev.hone.explain.quality;

import java.util.Locale;

/**
 * How much verdicts rest on a region of the image, such as its border, where no defect is expected or a watermark is.
 *
 * @param region in words that fit behind "on", such as "the border"
 * @param share of the absolute attribution that lies on it, the mean over images
 * @param area the region's share of the image, the mean over images
 * @param standardError of the share
 */
public record Reliance(String region, double share, double area, double standardError, int images) {
    /** From this multiple of its area on a region counts for more than chance and a soft map explain. */
    private static final double NOTABLE = 1.5;

    /** @param shares by image; @param areas by image */
    public static Reliance of(String region, double[] shares, double[] areas) {
        int n = shares.length;
        double share = 0;
        double area = 0;
        for (int i = 0; i < n; i++) {
            share += shares[i] / n;
            area += areas[i] / n;
        }
        double squares = 0;
        for (double s : shares) {
            squares += (s - share) * (s - share);
        }
        return new Reliance(region, share, area, n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n), n);
    }

    /** The share of the absolute values that lies on the region; 0 for a map of zeros. */
    public static double share(float[] map, boolean[] region) {
        double on = 0;
        double all = 0;
        for (int i = 0; i < map.length; i++) {
            all += Math.abs(map[i]);
            on += region[i] ? Math.abs(map[i]) : 0;
        }
        return all == 0 ? 0 : on / all;
    }

    /** How many times its area it has of the attribution. */
    public double concentration() {
        return share / area;
    }

    /** Whether it has clearly more than its area: half as much again, beyond two standard errors. */
    public boolean notable() {
        return share - 2 * standardError > NOTABLE * area;
    }

    /** What it means, in a sentence. */
    public String sentence() {
        return String.format(
                Locale.ROOT,
                "%s %s: %.0f %% of the attribution lies on it, %.1f times its %.1f %% of the area (%d images).",
                notable() ? "Verdicts rest on" : "Verdicts do not rest on",
                region,
                100 * share,
                concentration(),
                100 * area,
                images);
    }
}
