package dev.hone.vision.store;

import java.util.Locale;

/** Tells images of one kind from those of another by the statistics of their pixels. */
public final class PixelDifference {
    /** Gray levels of 255 by which means may differ: lighting changes from day to day. */
    private static final float MEAN = 50;

    /** Factor by which deviations may differ. */
    private static final float FACTOR = 2.5f;

    private PixelDifference() {}

    /** In words, such as {@code mean 41 against 128}; empty where the images may be of one kind. */
    public static String of(PixelStatistics found, PixelStatistics expected) {
        for (int c = 0; c < found.mean().length; c++) {
            float mean = found.mean()[c];
            float usual = expected.mean()[c];
            if (Math.abs(mean - usual) > MEAN) {
                return String.format(Locale.ROOT, "pixels have a mean of %.0f against %.0f", mean, usual);
            }
            float ratio = (found.deviation()[c] + 1) / (expected.deviation()[c] + 1);
            if (ratio > FACTOR || ratio < 1 / FACTOR) {
                return String.format(
                        Locale.ROOT,
                        "pixels have a standard deviation of %.0f against %.0f",
                        found.deviation()[c],
                        expected.deviation()[c]);
            }
        }
        return "";
    }
}
