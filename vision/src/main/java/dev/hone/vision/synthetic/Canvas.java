package dev.hone.vision.synthetic;

import java.util.Arrays;

/**
 * A square grayscale canvas: brightness from 0 (black) to 1 (white), and the defect mask as a fraction of each pixel.
 */
final class Canvas {
    final int size;
    final float[] value;
    final float[] mask;
    /** Coverage of the current figure, before it is blended into the image. */
    private final float[] figure;

    Canvas(int size) {
        this.size = size;
        this.value = new float[size * size];
        this.mask = new float[size * size];
        this.figure = new float[size * size];
    }

    interface Field {
        double at(int x, int y);
    }

    /** Sets every pixel. */
    void fill(Field field) {
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                value[y * size + x] = (float) field.at(x, y);
            }
        }
    }

    /** Adds to every pixel. */
    void add(Field field) {
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                value[y * size + x] += (float) field.at(x, y);
            }
        }
    }

    /** Adds to every pixel and marks those that change by more than {@code threshold} as defect. */
    void defect(Field field, double threshold) {
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                double d = field.at(x, y);
                value[y * size + x] += (float) d;
                if (Math.abs(d) > threshold) {
                    mask[y * size + x] = 1;
                }
            }
        }
    }

    /** Adds a line segment with soft edges to the current figure; overlapping segments do not add up. */
    void line(double x0, double y0, double x1, double y1, double width, double strength) {
        double reach = width / 2 + 1;
        int left = (int) Math.max(0, Math.floor(Math.min(x0, x1) - reach));
        int right = (int) Math.min(size - 1, Math.ceil(Math.max(x0, x1) + reach));
        int top = (int) Math.max(0, Math.floor(Math.min(y0, y1) - reach));
        int bottom = (int) Math.min(size - 1, Math.ceil(Math.max(y0, y1) + reach));
        double dx = x1 - x0;
        double dy = y1 - y0;
        double length = Math.max(1e-9, dx * dx + dy * dy);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length));
                double distance = Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
                double cover = Math.max(0, Math.min(1, width / 2 + 0.5 - distance)) * strength;
                figure[y * size + x] = (float) Math.max(figure[y * size + x], cover);
            }
        }
    }

    /** Blends the lines added since the last call into the image. */
    void layLines(double contrast, boolean isDefect) {
        for (int i = 0; i < figure.length; i++) {
            value[i] += (float) (contrast * figure[i]);
            if (isDefect && figure[i] > 0.2) {
                mask[i] = 1;
            }
        }
        Arrays.fill(figure, 0);
    }

    /** A disc with a soft edge. */
    void disc(double cx, double cy, double radius, double edge, double contrast) {
        int reach = (int) Math.ceil(radius + edge + 1);
        for (int y = Math.max(0, (int) cy - reach); y <= Math.min(size - 1, (int) cy + reach); y++) {
            for (int x = Math.max(0, (int) cx - reach); x <= Math.min(size - 1, (int) cx + reach); x++) {
                double inside = (radius + edge / 2 - Math.hypot(x - cx, y - cy)) / edge;
                value[y * size + x] += (float) (contrast * smoothStep(inside));
            }
        }
    }

    static double smoothStep(double t) {
        double c = Math.max(0, Math.min(1, t));
        return c * c * (3 - 2 * c);
    }

    /** A slight blur, as by a lens; {@code weight} is the weight of each of the four neighbors. */
    void soften(double weight) {
        float[] in = value.clone();
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                float around = in[Math.max(0, y - 1) * size + x]
                        + in[Math.min(size - 1, y + 1) * size + x]
                        + in[y * size + Math.max(0, x - 1)]
                        + in[y * size + Math.min(size - 1, x + 1)];
                value[y * size + x] = (float) ((1 - 4 * weight) * in[y * size + x] + weight * around);
            }
        }
    }
}
