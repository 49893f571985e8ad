package dev.hone.vision.image;

import java.util.Arrays;

/**
 * Resizing with antialiasing: a triangle filter, scaled by the reduction factor, along rows and then columns, in fixed
 * point. It gives the same bytes as Pillow's {@code resize(..., BILINEAR)}. When an image is reduced, fine defects lose
 * contrast but do not vanish between sampling points.
 */
public final class Resize {
    /** How to resize an image with a different aspect ratio. */
    public enum Mode {
        /** Scales both axes independently; the whole image is used, and shapes are distorted. */
        STRETCH,
        /** Keeps the aspect ratio; the image is centered, and its border pixels are replicated. */
        LETTERBOX
    }

    /** Bits of the fixed-point weights: 8-bit pixels, 22-bit weights and two bits of headroom fit an int. */
    private static final int BITS = 22;

    private Resize() {}

    /** The image at the given size. */
    public static Image to(Image in, int height, int width, Mode mode) {
        return switch (mode) {
            case STRETCH -> stretch(in, height, width);
            case LETTERBOX -> letterbox(in, height, width);
        };
    }

    /** Scales each axis independently. */
    public static Image stretch(Image in, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("wanted size " + height + "x" + width + " is not positive");
        }
        Image out = in;
        if (width != in.width()) {
            out = alongRows(out, new Filter(in.width(), width));
        }
        if (height != in.height()) {
            out = alongColumns(out, new Filter(in.height(), height));
        }
        return out;
    }

    /** A rectangle of pixels. */
    public record Area(int top, int left, int height, int width) {}

    /** The area of the resized image that the original covers. */
    public static Area content(int fromHeight, int fromWidth, int height, int width, Mode mode) {
        if (mode == Mode.STRETCH) {
            return new Area(0, 0, height, width);
        }
        double scale = Math.min((double) height / fromHeight, (double) width / fromWidth);
        int h = Math.max(1, Math.min(height, (int) Math.round(fromHeight * scale)));
        int w = Math.max(1, Math.min(width, (int) Math.round(fromWidth * scale)));
        return new Area((height - h) / 2, (width - w) / 2, h, w);
    }

    private static Image letterbox(Image in, int height, int width) {
        Area area = content(in.height(), in.width(), height, width, Mode.LETTERBOX);
        int h = area.height();
        int w = area.width();
        Image inner = stretch(in, h, w);
        if (h == height && w == width) {
            return inner;
        }
        int top = area.top();
        int left = area.left();
        Image out = Image.black(in.channels(), height, width);
        for (int c = 0; c < in.channels(); c++) {
            for (int y = 0; y < height; y++) {
                int sy = Math.max(0, Math.min(h - 1, y - top));
                for (int x = 0; x < width; x++) {
                    int sx = Math.max(0, Math.min(w - 1, x - left));
                    out.pixels()[(c * height + y) * width + x] = inner.pixels()[(c * h + sy) * w + sx];
                }
            }
        }
        return out;
    }

    /** For each output, the first input it reads and its weights, which sum to 2^BITS up to rounding. */
    private static final class Filter {
        final int[] first;
        final int[][] weights;

        Filter(int from, int to) {
            first = new int[to];
            weights = new int[to][];
            double scale = (double) from / to;
            double support = Math.max(scale, 1.0);
            for (int i = 0; i < to; i++) {
                double center = (i + 0.5) * scale;
                int begin = Math.max(0, (int) (center - support + 0.5));
                int end = Math.min(from, (int) (center + support + 0.5));
                double[] w = new double[end - begin];
                double sum = 0;
                for (int k = 0; k < w.length; k++) {
                    w[k] = Math.max(0, 1 - Math.abs((k + begin - center + 0.5) / support));
                    sum += w[k];
                }
                first[i] = begin;
                weights[i] = new int[w.length];
                for (int k = 0; k < w.length; k++) {
                    weights[i][k] = (int) (0.5 + w[k] / sum * (1 << BITS));
                }
            }
        }
    }

    private static Image alongRows(Image in, Filter filter) {
        int w = in.width();
        int to = filter.first.length;
        byte[] source = in.pixels();
        byte[] out = new byte[in.channels() * in.height() * to];
        for (int row = 0; row < in.channels() * in.height(); row++) {
            for (int x = 0; x < to; x++) {
                int[] weights = filter.weights[x];
                int at = row * w + filter.first[x];
                int sum = 1 << (BITS - 1);
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * (source[at + k] & 0xff);
                }
                out[row * to + x] = clip(sum);
            }
        }
        return new Image(in.channels(), in.height(), to, out);
    }

    private static Image alongColumns(Image in, Filter filter) {
        int w = in.width();
        int to = filter.first.length;
        byte[] source = in.pixels();
        byte[] out = new byte[in.channels() * to * w];
        int[] sum = new int[w];
        for (int c = 0; c < in.channels(); c++) {
            for (int y = 0; y < to; y++) {
                Arrays.fill(sum, 1 << (BITS - 1));
                int[] weights = filter.weights[y];
                for (int k = 0; k < weights.length; k++) {
                    int weight = weights[k];
                    int at = (c * in.height() + filter.first[y] + k) * w;
                    for (int x = 0; x < w; x++) {
                        sum[x] += weight * (source[at + x] & 0xff);
                    }
                }
                int at = (c * to + y) * w;
                for (int x = 0; x < w; x++) {
                    out[at + x] = clip(sum[x]);
                }
            }
        }
        return new Image(in.channels(), to, w, out);
    }

    private static byte clip(int fixed) {
        return (byte) Math.max(0, Math.min(255, fixed >> BITS));
    }
}
