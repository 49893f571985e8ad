package dev.hone.explain.quality;

import java.util.Locale;

/**
 * How much predictions rest on a region of the image, such as its border, where no defect is expected or a watermark is.
 *
 * @param region in words that fit behind "on", such as "the border"
 * @param share of the squares of the attributions that lies on it, from 0 to 1; NaN where the maps are nothing but noise
 * @param area the region's share of the image, the mean over images
 * @param standardError of the share; NaN of one image, which says nothing of others
 */
public record RegionReliance(String region, double share, double area, double standardError, int images) {
    /** From this multiple of its area on a region counts for more than chance and a soft map explain. */
    private static final double NOTABLE = 1.5;

    /**
     * The squares of attributions on the region and of all, by image. Each image counts by its own weight, so that one of
     * large attributions does not speak for all; a ratio of sums, whose error is that of its linear part.
     *
     * @param on {@link #squares} on the region, by image
     * @param all the same everywhere
     * @param weights by image, not negative, such as one over the length of the raw map
     * @param areas the region's share of the image, by image
     */
    public static RegionReliance of(String region, double[] on, double[] all, double[] weights, double[] areas) {
        int n = on.length;
        double top = 0;
        double bottom = 0;
        double area = 0;
        for (int i = 0; i < n; i++) {
            top += weights[i] * on[i];
            bottom += weights[i] * all[i];
            area += areas[i] / n;
        }
        if (!(bottom > 0)) {
            return new RegionReliance(region, Double.NaN, area, Double.NaN, n);
        }
        double share = top / bottom;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            squares += Math.pow(weights[i] * (on[i] - share * all[i]), 2);
        }
        double error = n < 2 ? Double.NaN : Math.sqrt(squares * n / (n - 1)) / bottom;
        return new RegionReliance(region, Math.max(0, Math.min(1, share)), area, error, n);
    }

    /**
     * The sum of the squares of attributions on a region, without what their noise adds: a square of an estimate is too
     * large by the estimate's variance, everywhere alike, which would pull every region's share towards its area.
     *
     * @param attribution [C,H,W]
     * @param standardError of each; one that is NaN counts as zero
     * @param region [H,W], true on it; null for everything
     * @return may be negative by chance, where there is nothing but noise
     */
    public static double squares(float[] attribution, float[] standardError, boolean[] region) {
        double sum = 0;
        for (int i = 0; i < attribution.length; i++) {
            if (region == null || region[i % region.length]) {
                double error = Float.isNaN(standardError[i]) ? 0 : standardError[i];
                sum += (double) attribution[i] * attribution[i] - error * error;
            }
        }
        return sum;
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
        if (Double.isNaN(share)) {
            return "Of " + region + " nothing can be said: the maps are noise; take more samples or a target error.";
        }
        if (images < 2) {
            return String.format(
                    Locale.ROOT,
                    "%.0f %% of the squared attribution of one image lies on %s, %.1f times its share of the area (%.1f %%);"
                            + " explain more images to see what predictions rest on.",
                    100 * share,
                    region,
                    concentration(),
                    100 * area);
        }
        return String.format(
                Locale.ROOT,
                "%s %s: it has %.0f %% of the squared attribution, %.1f times its share of the area (%.1f %%, %d images).",
                notable() ? "Predictions rest on" : "Predictions do not rest on",
                region,
                100 * share,
                concentration(),
                100 * area,
                images);
    }
}
