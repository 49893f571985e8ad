package dev.hone.vision.augment;

import dev.hone.data.SeededRandom;
import java.util.Arrays;

/**
 * Applies an {@link Augmentation} to uint8 images [C,H,W]. Not thread-safe: it holds scratch memory, so use one per
 * thread.
 */
public final class Augmenter {
    /**
     * Gaussian noise is read from this table at random positions; sampling it anew would cost more than everything
     * else.
     */
    private static final short[] GAUSSIAN = gaussianTable();

    private final Augmentation how;
    private final int channels;
    private final int height;
    private final int width;
    private final byte[] scratch;
    private final int[] row;

    public Augmenter(Augmentation how, int channels, int height, int width) {
        this.how = how;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.scratch = new byte[channels * height * width];
        this.row = new int[Math.max(height, width)];
    }

    /** Augments an image in place; equal random streams give equal images. */
    public void apply(byte[] image, SeededRandom random) {
        RandAugment sampled = RandAugment.sample(how.randAugment(), random);
        Warp warp = sampled.warp(warp(random), height, width);
        if (!warp.isIdentity()) {
            System.arraycopy(image, 0, scratch, 0, scratch.length);
            warp.apply(scratch, image, channels, height, width);
        }
        if (how.blurSigma() > 0 && random.chance(how.blurProbability())) {
            blur(image, random.uniform(0.3, Math.max(0.3, how.blurSigma())));
        }
        sampled.apply(image, channels, height, width);
        light(image, random);
        if (how.noise() > 0 && random.chance(how.noiseProbability())) {
            noise(image, random.uniform(0, how.noise()), random);
        }
        if (how.cutout() > 0 && random.chance(how.cutoutProbability())) {
            cutout(image, random);
        }
    }

    /** All geometric transformations as one mapping, so that the image is resampled once. */
    private Warp warp(SeededRandom random) {
        Warp warp = Warp.identity();
        if (how.rotation() > 0 || how.shift() > 0 || how.zoomOut() < 1 || how.zoomIn() > 1) {
            double angle = Math.toRadians(random.uniform(-how.rotation(), how.rotation()));
            // log-uniform: half the size is as likely as twice the size
            double scale = Math.exp(random.uniform(Math.log(how.zoomOut()), Math.log(how.zoomIn())));
            double dx = random.uniform(-how.shift(), how.shift()) * width;
            double dy = random.uniform(-how.shift(), how.shift()) * height;
            double cos = Math.cos(angle) / scale;
            double sin = Math.sin(angle) / scale;
            double cx = (width - 1) / 2.0;
            double cy = (height - 1) / 2.0;
            warp = new Warp(
                    cos,
                    -sin,
                    cx - cos * (cx + dx) + sin * (cy + dy),
                    sin,
                    cos,
                    cy - sin * (cx + dx) - cos * (cy + dy));
        }
        if (random.chance(how.flipHorizontal())) {
            warp = warp.then(new Warp(-1, 0, width - 1, 0, 1, 0));
        }
        if (random.chance(how.flipVertical())) {
            warp = warp.then(new Warp(1, 0, 0, 0, -1, height - 1));
        }
        if (random.chance(how.quarterTurns())) {
            int turns = height == width ? 1 + random.below(3) : 2;
            for (int i = 0; i < turns; i += height == width ? 1 : 2) {
                warp = warp.then(
                        height == width
                                ? new Warp(0, -1, height - 1, 1, 0, 0)
                                : new Warp(-1, 0, width - 1, 0, -1, height - 1));
            }
        }
        return warp;
    }

    /** Brightness and contrast as one lookup table. */
    private void light(byte[] image, SeededRandom random) {
        double add = random.uniform(-how.brightness(), how.brightness()) * 255;
        double gain = 1 + random.uniform(-how.contrast(), how.contrast());
        if (add == 0 && gain == 1) {
            return;
        }
        double mean = mean(image);
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = clip((int) Math.round((v - mean) * gain + mean + add));
        }
        for (int i = 0; i < image.length; i++) {
            image[i] = table[image[i] & 0xff];
        }
    }

    private static double mean(byte[] image) {
        long sum = 0;
        for (byte b : image) {
            sum += b & 0xff;
        }
        return (double) sum / image.length;
    }

    void noise(byte[] image, double sigma, SeededRandom random) {
        int scale = (int) Math.round(sigma * 256);
        long bits = 0;
        for (int i = 0; i < image.length; i++) {
            bits = i % 5 == 0 ? random.next() : bits >>> 12;
            int n = GAUSSIAN[(int) bits & 0xfff] * scale + (1 << 17) >> 18; // table: 1024 to a standard deviation
            image[i] = clip((image[i] & 0xff) + n);
        }
    }

    private static short[] gaussianTable() {
        short[] table = new short[4096];
        SeededRandom random = new SeededRandom(1);
        for (int i = 0; i < table.length; i += 2) {
            short v = (short) Math.round(Math.max(-4, Math.min(4, random.gaussian())) * 1024);
            table[i] = v;
            table[i + 1] = (short) -v; // mean exactly 0
        }
        return table;
    }

    private void cutout(byte[] image, SeededRandom random) {
        int h = Math.max(1, (int) (height * random.uniform(how.cutout() / 4, how.cutout())));
        int w = Math.max(1, (int) (width * random.uniform(how.cutout() / 4, how.cutout())));
        int top = random.below(height - h + 1);
        int left = random.below(width - w + 1);
        byte fill = (byte) Math.round(mean(image));
        for (int c = 0; c < channels; c++) {
            for (int y = top; y < top + h; y++) {
                int at = (c * height + y) * width + left;
                Arrays.fill(image, at, at + w, fill);
            }
        }
    }

    /** Separable Gaussian in 16-bit fixed point, mirrored at the border. */
    void blur(byte[] image, double sigma) {
        int radius = Math.max(1, (int) Math.ceil(2.5 * sigma));
        double[] exact = new double[radius + 1];
        double sum = 0;
        for (int k = 0; k <= radius; k++) {
            exact[k] = Math.exp(-k * k / (2 * sigma * sigma));
            sum += k == 0 ? exact[k] : 2 * exact[k];
        }
        int[] weights = new int[radius + 1];
        int rest = 1 << 16;
        for (int k = 1; k <= radius; k++) {
            weights[k] = (int) Math.round(exact[k] / sum * (1 << 16));
            rest -= 2 * weights[k];
        }
        weights[0] = rest;
        for (int c = 0; c < channels; c++) {
            blurRows(image, scratch, c * height * width, weights);
            blurColumns(scratch, image, c * height * width, weights);
        }
    }

    private void blurRows(byte[] from, byte[] to, int base, int[] weights) {
        for (int y = 0; y < height; y++) {
            int at = base + y * width;
            for (int x = 0; x < width; x++) {
                int sum = (1 << 15) + weights[0] * (from[at + x] & 0xff);
                boolean inner = x >= weights.length && x + weights.length < width;
                for (int k = 1; k < weights.length; k++) {
                    int a = inner ? x - k : Warp.mirror(x - k, width);
                    int b = inner ? x + k : Warp.mirror(x + k, width);
                    sum += weights[k] * ((from[at + a] & 0xff) + (from[at + b] & 0xff));
                }
                to[at + x] = (byte) (sum >> 16);
            }
        }
    }

    private void blurColumns(byte[] from, byte[] to, int base, int[] weights) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                row[x] = (1 << 15) + weights[0] * (from[base + y * width + x] & 0xff);
            }
            for (int k = 1; k < weights.length; k++) {
                int a = base + Warp.mirror(y - k, height) * width;
                int b = base + Warp.mirror(y + k, height) * width;
                for (int x = 0; x < width; x++) {
                    row[x] += weights[k] * ((from[a + x] & 0xff) + (from[b + x] & 0xff));
                }
            }
            for (int x = 0; x < width; x++) {
                to[base + y * width + x] = (byte) (row[x] >> 16);
            }
        }
    }

    private static byte clip(int v) {
        return (byte) Math.max(0, Math.min(255, v));
    }
}
