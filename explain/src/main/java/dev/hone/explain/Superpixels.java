package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.Arrays;

/**
 * Superpixels by SLIC (Achanta et al. 2012): k-means of pixels by color and place, each cluster looking at pixels nearby
 * only, then every piece that is cut off or small joined to a neighbour. Colors are those of CIELAB (1976) for three
 * channels, else gray values; the image's own range is stretched to that of common images first. Nothing is random.
 */
public final class Superpixels {
    private static final int ITERATIONS = 10;
    /** How much place counts against color, as in the paper. */
    private static final double COMPACTNESS = 10;

    private final int height;
    private final int width;
    private final double interval;
    private final float[][] color;
    /** Pixels of the piece looked at last; one array for all pieces, of which noise has many. */
    private final int[] found;

    private Superpixels(float[] image, long[] shape, int count) {
        this.height = Math.toIntExact(shape[1]);
        this.width = Math.toIntExact(shape[2]);
        this.interval = Math.sqrt((double) height * width / count);
        this.color = colors(image, (int) shape[0], height * width);
        this.found = new int[height * width];
    }

    /**
     * @param image [C,H,W]
     * @param count about how many superpixels
     */
    public static Groups of(float[] image, long[] shape, int count) {
        if (shape.length != 3) {
            throw new GraphException("superpixels are for images [C,H,W], the model's input is "
                    + Arrays.toString(shape) + " without the batch");
        }
        if (count < 1 || count > shape[1] * shape[2]) {
            throw new GraphException(count + " superpixels of " + shape[1] + " x " + shape[2]
                    + " pixels, expected 1 or more and no more than there are pixels");
        }
        Superpixels superpixels = new Superpixels(image, shape, count);
        return Groups.regions(superpixels.connected(superpixels.clusters()), shape);
    }

    // ---- color

    private static float[][] colors(float[] image, int channels, int plane) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : image) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double scale = most > least ? 1.0 / (most - least) : 0;
        float[][] colors = new float[plane][];
        for (int i = 0; i < plane; i++) {
            double[] value = new double[channels];
            for (int c = 0; c < channels; c++) {
                value[c] = (image[c * plane + i] - least) * scale;
            }
            colors[i] = channels == 3
                    ? lab(value[0], value[1], value[2])
                    : new float[] {(float) (100 * Arrays.stream(value).average().orElse(0)), 0, 0};
        }
        return colors;
    }

    /** IEC 61966-2-1 */
    private static double linear(double v) {
        return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }

    /** Of sRGB, from 0 to 1, under D65. */
    static float[] lab(double red, double green, double blue) {
        double r = linear(red);
        double g = linear(green);
        double b = linear(blue);
        double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
        double y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
        double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
        return new float[] {(float) (116 * y - 16), (float) (500 * (x - y)), (float) (200 * (y - z))};
    }

    private static double root(double t) {
        return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }

    // ---- clusters

    private int[] clusters() {
        int down = Math.max(1, (int) Math.round(height / interval));
        int across = Math.max(1, (int) Math.round(width / interval));
        double[][] centres = new double[down * across][];
        for (int k = 0; k < centres.length; k++) {
            int row = k / across;
            int column = k % across;
            double y = (row + 0.5) * height / down;
            double x = (column + 0.5) * width / across;
            float[] c = color[(int) y * width + (int) x];
            centres[k] = new double[] {c[0], c[1], c[2], y, x};
        }
        int[] labels = new int[height * width];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i / width * down / height * across + i % width * across / width;
        }
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            assign(centres, labels);
            move(centres, labels);
        }
        return labels;
    }

    private void assign(double[][] centres, int[] labels) {
        double[] nearest = new double[labels.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        double place = COMPACTNESS * COMPACTNESS / interval / interval;
        int reach = (int) Math.ceil(interval);
        for (int k = 0; k < centres.length; k++) {
            double[] centre = centres[k];
            for (int y = Math.max(0, (int) centre[3] - reach); y < Math.min(height, centre[3] + reach + 1); y++) {
                for (int x = Math.max(0, (int) centre[4] - reach); x < Math.min(width, centre[4] + reach + 1); x++) {
                    float[] c = color[y * width + x];
                    double apart = square(y - centre[3]) + square(x - centre[4]);
                    double distance = square(c[0] - centre[0])
                            + square(c[1] - centre[1])
                            + square(c[2] - centre[2])
                            + place * apart;
                    if (distance < nearest[y * width + x]) {
                        nearest[y * width + x] = distance;
                        labels[y * width + x] = k;
                    }
                }
            }
        }
    }

    private static double square(double v) {
        return v * v;
    }

    private void move(double[][] centres, int[] labels) {
        double[][] sums = new double[centres.length][5];
        int[] counts = new int[centres.length];
        for (int i = 0; i < labels.length; i++) {
            double[] sum = sums[labels[i]];
            float[] c = color[i];
            sum[0] += c[0];
            sum[1] += c[1];
            sum[2] += c[2];
            int row = i / width;
            int column = i % width;
            sum[3] += row;
            sum[4] += column;
            counts[labels[i]]++;
        }
        for (int k = 0; k < centres.length; k++) {
            for (int j = 0; j < 5 && counts[k] > 0; j++) {
                centres[k][j] = sums[k][j] / counts[k];
            }
        }
    }

    // ---- pieces

    /** Pieces of at least a quarter of the usual size get a label of their own, others that of a piece beside them. */
    private int[] connected(int[] labels) {
        int[] pieces = new int[labels.length];
        Arrays.fill(pieces, -1);
        int least = (int) (interval * interval / 4);
        int next = 0;
        for (int start = 0; start < labels.length; start++) {
            if (pieces[start] >= 0) {
                continue;
            }
            int beside = start % width > 0 ? pieces[start - 1] : start >= width ? pieces[start - width] : -1;
            int count = fill(labels, pieces, start, next);
            if (count < least && beside >= 0) {
                for (int k = 0; k < count; k++) {
                    pieces[found[k]] = beside;
                }
            } else {
                next++;
            }
        }
        return pieces;
    }

    /** Marks what hangs together with a pixel. @return how many pixels, which stand first in {@link #found} */
    private int fill(int[] labels, int[] pieces, int start, int piece) {
        int count = 0;
        found[count++] = start;
        pieces[start] = piece;
        for (int next = 0; next < count; next++) {
            int i = found[next];
            int x = i % width;
            int[] neighbours = {
                x > 0 ? i - 1 : i,
                x < width - 1 ? i + 1 : i,
                i >= width ? i - width : i,
                i + width < labels.length ? i + width : i
            };
            for (int j : neighbours) {
                if (pieces[j] < 0 && labels[j] == labels[start]) {
                    pieces[j] = piece;
                    found[count++] = j;
                }
            }
        }
        return count;
    }
}
