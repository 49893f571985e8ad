package dev.hone.vision.heatmap;

import dev.hone.vision.image.Resize;
import java.util.Arrays;

/**
 * An attribution map: the contribution of each pixel to a prediction.
 *
 * @param values [H,W]
 * @param signed whether negative values mean evidence against the class; otherwise all values are at least 0
 */
public record HeatMap(int height, int width, float[] values, boolean signed) {
    public HeatMap {
        if (height < 1 || width < 1 || values.length != height * width) {
            throw new IllegalArgumentException("a map of " + height + "x" + width + " needs " + (long) height * width
                    + " values, not " + values.length);
        }
    }

    /** Sums attributions [C,H,W] over the channels, keeping the sign. */
    public static HeatMap signed(float[] attributions, int channels, int height, int width) {
        return sum(attributions, channels, height, width, true);
    }

    /** Sums the absolute values of attributions [C,H,W] over the channels. */
    public static HeatMap absolute(float[] attributions, int channels, int height, int width) {
        return sum(attributions, channels, height, width, false);
    }

    private static HeatMap sum(float[] attributions, int channels, int height, int width, boolean signed) {
        if (attributions.length != channels * height * width) {
            throw new IllegalArgumentException("attributions [" + channels + "," + height + "," + width + "] are "
                    + channels * height * width + " values, not " + attributions.length);
        }
        float[] sum = new float[height * width];
        for (int i = 0; i < attributions.length; i++) {
            sum[i % sum.length] += signed ? attributions[i] : Math.abs(attributions[i]);
        }
        return new HeatMap(height, width, sum, signed);
    }

    /** The part of the map within a rectangle of the image. */
    public HeatMap cropped(Resize.Area area) {
        float[] part = new float[area.height() * area.width()];
        for (int y = 0; y < area.height(); y++) {
            System.arraycopy(values, (area.top() + y) * width + area.left(), part, y * area.width(), area.width());
        }
        return new HeatMap(area.height(), area.width(), part, signed);
    }

    /**
     * The value that {@link #scaled} maps to 1: the 99th percentile of the absolute values, or their maximum if that is
     * 0.
     */
    public float top() {
        float[] sorted = new float[values.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(values[i]);
        }
        Arrays.sort(sorted);
        float top = sorted[(int) Math.round(0.99 * (sorted.length - 1))];
        return top == 0 ? sorted[sorted.length - 1] : top;
    }

    /**
     * Scaled to -1..1 (or 0..1) by the 99th percentile of the absolute values, so that a few extreme pixels do not
     * dominate; a map of zeros is unchanged.
     */
    public HeatMap scaled() {
        return scaled(top());
    }

    /** Scaled so that {@code top} becomes 1, for maps that share a color scale. */
    HeatMap scaled(float top) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length && top > 0; i++) {
            out[i] = Math.max(-1, Math.min(1, values[i] / top));
        }
        return new HeatMap(height, width, out, signed);
    }

    /** Smoothed by a Gaussian of {@code sigma} pixels with reflected borders; gradients of single pixels are noisy. */
    public HeatMap smoothed(double sigma) {
        if (sigma <= 0) {
            return this;
        }
        int radius = (int) Math.ceil(3 * sigma);
        double[] weights = new double[2 * radius + 1];
        for (int k = -radius; k <= radius; k++) {
            weights[k + radius] = Math.exp(-k * k / (2 * sigma * sigma));
        }
        double sum = Arrays.stream(weights).sum();
        float[] rows = new float[values.length];
        float[] out = new float[values.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double v = 0;
                for (int k = -radius; k <= radius; k++) {
                    v += weights[k + radius] * values[y * width + mirror(x + k, width)];
                }
                rows[y * width + x] = (float) (v / sum);
            }
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double v = 0;
                for (int k = -radius; k <= radius; k++) {
                    v += weights[k + radius] * rows[mirror(y + k, height) * width + x];
                }
                out[y * width + x] = (float) (v / sum);
            }
        }
        return new HeatMap(height, width, out, signed);
    }

    private static int mirror(int i, int n) {
        int m = Math.floorMod(i, 2 * n);
        return m < n ? m : 2 * n - 1 - m;
    }

    /** Resampled bilinearly, to overlay an image of another size. */
    public HeatMap resized(int toHeight, int toWidth) {
        float[] out = new float[toHeight * toWidth];
        for (int y = 0; y < toHeight; y++) {
            double v = Math.max(0, Math.min(height - 1.0, (y + 0.5) * height / toHeight - 0.5));
            int y0 = Math.min((int) v, Math.max(0, height - 2));
            int y1 = Math.min(y0 + 1, height - 1);
            for (int x = 0; x < toWidth; x++) {
                double u = Math.max(0, Math.min(width - 1.0, (x + 0.5) * width / toWidth - 0.5));
                int x0 = Math.min((int) u, Math.max(0, width - 2));
                int x1 = Math.min(x0 + 1, width - 1);
                double top = values[y0 * width + x0] * (1 - (u - x0)) + values[y0 * width + x1] * (u - x0);
                double low = values[y1 * width + x0] * (1 - (u - x0)) + values[y1 * width + x1] * (u - x0);
                out[y * toWidth + x] = (float) (top * (1 - (v - y0)) + low * (v - y0));
            }
        }
        return new HeatMap(toHeight, toWidth, out, signed);
    }
}
