package dev.hone.vision.augment;

import dev.hone.data.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RandAugment (Cubuk et al. 2020) with the operations that leave a defect visible: two operations for each image, sampled
 * with replacement, each with a strength sampled up to the magnitude in either direction. At magnitude 10 a rotation is at
 * most 15 degrees, a shear 0.15, a shift 0.1 of the side, brightness and contrast change by at most 30 %, color and sharpness
 * by at most 50 %. Left out of the published list: posterize, solarize, invert, equalize and automatic contrast, which turn
 * a faint defect into nothing or grain into a defect, and cutout, which may cover it.
 */
final class RandAugment {
    /** Operations for each image. */
    private static final int COUNT = 2;
    /** Of the magnitude. */
    private static final double LARGEST = 10;

    enum Operation {
        IDENTITY,
        ROTATE,
        SHEAR_X,
        SHEAR_Y,
        SHIFT_X,
        SHIFT_Y,
        BRIGHTNESS,
        CONTRAST,
        /** For RGB images; nothing for others. */
        COLOR,
        SHARPNESS
    }

    /** @param strength -1 to 1 */
    private record Chosen(Operation operation, double strength) {}

    private final List<Chosen> chosen = new ArrayList<>();

    /** Samples the operations of an image. @param magnitude 0 to 10, 0 for none */
    static RandAugment sample(double magnitude, SeededRandom random) {
        RandAugment sampled = new RandAugment();
        for (int i = 0; magnitude > 0 && i < COUNT; i++) {
            Operation operation = Operation.values()[random.below(Operation.values().length)];
            sampled.chosen.add(new Chosen(operation, random.uniform(-1, 1) * magnitude / LARGEST));
        }
        return sampled;
    }

    static RandAugment of(Operation operation, double strength) {
        RandAugment one = new RandAugment();
        one.chosen.add(new Chosen(operation, strength));
        return one;
    }

    /** The geometric operations as one mapping, after another. */
    Warp warp(Warp before, int height, int width) {
        Warp warp = before;
        for (Chosen c : chosen) {
            Warp next = warp(c.operation(), c.strength(), (width - 1) / 2.0, (height - 1) / 2.0, height, width);
            warp = next == null ? warp : warp.then(next);
        }
        return warp;
    }

    private static Warp warp(Operation operation, double s, double cx, double cy, int height, int width) {
        return switch (operation) {
            case ROTATE -> {
                double cos = Math.cos(Math.toRadians(15 * s));
                double sin = Math.sin(Math.toRadians(15 * s));
                yield new Warp(cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy);
            }
            case SHEAR_X -> new Warp(1, 0.15 * s, -0.15 * s * cy, 0, 1, 0);
            case SHEAR_Y -> new Warp(1, 0, 0, 0.15 * s, 1, -0.15 * s * cx);
            case SHIFT_X -> new Warp(1, 0, 0.1 * s * width, 0, 1, 0);
            case SHIFT_Y -> new Warp(1, 0, 0, 0, 1, 0.1 * s * height);
            default -> null;
        };
    }

    /** The other operations, on an image [C,H,W] in place. */
    void apply(byte[] image, int channels, int height, int width) {
        for (Chosen c : chosen) {
            switch (c.operation()) {
                case BRIGHTNESS -> blend(image, new float[image.length], 1 + 0.3 * c.strength());
                case CONTRAST -> blend(image, mean(image, channels), 1 + 0.3 * c.strength());
                case COLOR -> {
                    if (channels == 3) {
                        blend(image, gray(image), 1 + 0.5 * c.strength());
                    }
                }
                case SHARPNESS -> blend(image, smooth(image, channels, height, width), 1 + 0.5 * c.strength());
                default -> {}
            }
        }
    }

    /** {@code base + (image - base) * factor}, as Pillow's enhancers. */
    private static void blend(byte[] image, float[] base, double factor) {
        for (int i = 0; i < image.length; i++) {
            double value = base[i] + ((image[i] & 0xff) - base[i]) * factor;
            image[i] = (byte) Math.max(0, Math.min(255, Math.round(value)));
        }
    }

    private static float[] mean(byte[] image, int channels) {
        float[] gray = channels == 3 ? gray(image) : null;
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            sum += gray == null ? image[i] & 0xff : gray[i];
        }
        float[] mean = new float[image.length];
        Arrays.fill(mean, Math.round(sum / image.length));
        return mean;
    }

    /** Luma of Rec. 601 in all three channels. */
    private static float[] gray(byte[] image) {
        int plane = image.length / 3;
        float[] gray = new float[image.length];
        for (int i = 0; i < plane; i++) {
            float luma = Math.round(0.299f * (image[i] & 0xff)
                    + 0.587f * (image[plane + i] & 0xff)
                    + 0.114f * (image[2 * plane + i] & 0xff));
            gray[i] = luma;
            gray[plane + i] = luma;
            gray[2 * plane + i] = luma;
        }
        return gray;
    }

    /** A 3 x 3 mean in which the center counts five times; the border as it is. */
    private static float[] smooth(byte[] image, int channels, int height, int width) {
        float[] smooth = new float[image.length];
        for (int i = 0; i < image.length; i++) {
            int y = i / width % height;
            int x = i % width;
            int center = image[i] & 0xff;
            if (y == 0 || x == 0 || y == height - 1 || x == width - 1) {
                smooth[i] = center;
                continue;
            }
            int sum = 4 * center;
            for (int d = -1; d <= 1; d++) {
                int at = i + d * width;
                sum += (image[at - 1] & 0xff) + (image[at] & 0xff) + (image[at + 1] & 0xff);
            }
            smooth[i] = Math.round(sum / 13f);
        }
        return smooth;
    }
}
