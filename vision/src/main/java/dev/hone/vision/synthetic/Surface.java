package dev.hone.vision.synthetic;

import dev.hone.data.SeededRandom;
import dev.hone.vision.image.Image;

/**
 * A synthetic image of a surface.
 *
 * @param image grayscale, [1,S,S]
 * @param mask [1,S,S], 255 on the defect, otherwise 0
 */
public record Surface(Texture texture, Defect defect, Image image, Image mask) {
    /** Generates a surface; equal random streams give equal surfaces. The side is at least 32 pixels. */
    public static Surface generate(Texture texture, Defect defect, int size, SeededRandom random) {
        return generate(texture, defect, size, 1, random);
    }

    /** @param strength contrast of the defect, usually 1; smaller values make it fainter */
    static Surface generate(Texture texture, Defect defect, int size, double strength, SeededRandom random) {
        if (size < 32) {
            throw new IllegalArgumentException("a surface has at least 32 pixels a side, not " + size);
        }
        Canvas canvas = new Canvas(size);
        texture.paint(canvas, random);
        distract(canvas, random);
        defect.paint(canvas, random, strength);
        illuminate(canvas, random);
        canvas.soften(random.uniform(0.02, 0.12));
        return new Surface(texture, defect, expose(canvas, random), mask(canvas));
    }

    /** Harmless variation of every surface: dust, and faint shadows without an edge. */
    private static void distract(Canvas c, SeededRandom random) {
        double unit = 128.0 / c.size;
        int dust = random.below(7);
        for (int i = 0; i < dust; i++) {
            double contrast = random.uniform(0.05, 0.13) * (random.chance(0.5) ? 1 : -1);
            c.disc(
                    random.uniform(0, c.size),
                    random.uniform(0, c.size),
                    random.uniform(0.3, 0.8) / unit,
                    1 / unit,
                    contrast);
        }
        int shadows = random.below(3);
        for (int i = 0; i < shadows; i++) {
            double radius = random.uniform(5, 20) / unit;
            double contrast = random.uniform(-0.07, 0.07);
            c.disc(random.uniform(0, c.size), random.uniform(0, c.size), radius, 2 * radius, contrast);
        }
    }

    /** Light from one side, and lens vignetting. */
    private static void illuminate(Canvas c, SeededRandom random) {
        double angle = random.uniform(0, 2 * Math.PI);
        double slope = random.uniform(0, 0.3);
        double corners = random.uniform(0, 0.2);
        double lx = Math.cos(angle) * slope;
        double ly = Math.sin(angle) * slope;
        for (int y = 0; y < c.size; y++) {
            for (int x = 0; x < c.size; x++) {
                double u = (double) x / c.size - 0.5;
                double v = (double) y / c.size - 0.5;
                c.value[y * c.size + x] *= (float) (1 + lx * u + ly * v - corners * (u * u + v * v) * 2);
            }
        }
    }

    /**
     * Converts to gray levels. Mean and gain are sampled independently of the defect, so brightness carries no
     * information about the class.
     */
    private static Image expose(Canvas c, SeededRandom random) {
        double mean = 0;
        for (float v : c.value) {
            mean += v;
        }
        mean /= c.value.length;
        double target = random.uniform(85, 165);
        double gain = random.uniform(200, 290) * target / 128;
        double grain = random.uniform(0.8, 3);
        Image image = Image.black(1, c.size, c.size);
        for (int i = 0; i < c.value.length; i++) {
            double v = target + (c.value[i] - mean) * gain + grain * random.gaussian();
            image.pixels()[i] = (byte) Math.max(0, Math.min(255, Math.round(v)));
        }
        return image;
    }

    private static Image mask(Canvas c) {
        Image mask = Image.black(1, c.size, c.size);
        for (int i = 0; i < c.mask.length; i++) {
            mask.pixels()[i] = (byte) (c.mask[i] > 0 ? 255 : 0);
        }
        return mask;
    }
}
