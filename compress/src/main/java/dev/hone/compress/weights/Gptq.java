package dev.hone.compress.weights;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * GPTQ (Frantar, Ashkboos, Hoefler and Alistarh, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
 * Transformers", 2022). With {@code H = X^T X + damping}, {@code U} the upper Cholesky factor of {@code H^-1}, the inputs
 * of each output are rounded in order, and the error of input {@code k} is made up for by the inputs after it:
 *
 * <pre>
 * error_k = (w_k - rounded_k) / U_kk
 * w_j    -= error_k U_kj        for j &gt; k
 * </pre>
 *
 * <p>Quantization scale and zero point of a block are chosen, to nearest, when its first input is reached, from the
 * weights as they are then. The updates beyond a tile of inputs are put off until the tile is finished, which is the
 * same sum.
 */
final class Gptq {
    /** The share of the mean of the diagonal that is added to it. */
    private static final double DAMPING = 0.01;

    /** Inputs whose updates stay among themselves; a multiple of every block size up to it, else a block is the tile. */
    private static final int TILE = 128;

    private final int size;
    private final double[][] upper;
    private final boolean[] dead;
    private final int blockSize;
    private final int top;
    private final Nearest nearest;

    /** Takes the finished blocks. */
    interface Sink {
        void put(int output, int block, Block found, int count);
    }

    /** @param products X^T X, {@code size * size}; not changed */
    Gptq(double[] products, int size, WeightOptions options) {
        this.size = size;
        this.blockSize = options.blockSize();
        this.top = options.top();
        this.nearest = new Nearest(options);
        this.dead = new boolean[size];
        double[][] h = new double[size][];
        double trace = 0;
        for (int i = 0; i < size; i++) {
            h[i] = Arrays.copyOfRange(products, i * size, (i + 1) * size);
            // An input that is always 0 has no say; its weights become 0.
            dead[i] = h[i][i] == 0;
            h[i][i] = dead[i] ? 1 : h[i][i];
            trace += h[i][i];
        }
        for (int i = 0; i < size; i++) {
            h[i][i] += DAMPING * trace / size;
        }
        this.upper = upperOfInverse(h);
    }

    /** @param weights [N][K], used up */
    void round(double[][] weights, Sink sink) {
        Block[] blocks = new Block[weights.length];
        Arrays.setAll(blocks, n -> new Block(blockSize));
        float[] values = new float[blockSize];
        int tile = Math.max(TILE, blockSize);
        double[] errors = new double[tile];
        for (int n = 0; n < weights.length; n++) {
            double[] w = weights[n];
            for (int k = 0; k < size; k++) {
                w[k] = dead[k] ? 0 : w[k];
            }
            for (int from = 0; from < size; from += tile) {
                int end = Math.min(size, from + tile);
                for (int k = from; k < end; k++) {
                    if (k % blockSize == 0) {
                        int count = Math.min(blockSize, size - k);
                        for (int i = 0; i < count; i++) {
                            values[i] = (float) w[k + i];
                        }
                        nearest.chooseScale(values, 0, count, blocks[n]);
                    }
                    Block block = blocks[n];
                    int level = Nearest.clamp((int) Math.rint(w[k] / block.scale) + block.zero, top);
                    block.levels[k % blockSize] = (byte) level;
                    double error = (w[k] - (level - block.zero) * (double) block.scale) / upper[k][k];
                    errors[k - from] = error;
                    subtract(w, upper[k], error, k + 1, end);
                    if ((k + 1) % blockSize == 0 || k + 1 == size) {
                        sink.put(n, k / blockSize, block, k % blockSize + 1);
                    }
                }
                for (int k = from; k < end; k++) {
                    subtract(w, upper[k], errors[k - from], end, size);
                }
            }
        }
    }

    private static void subtract(double[] from, double[] row, double factor, int start, int end) {
        for (int j = start; j < end; j++) {
            from[j] -= factor * row[j];
        }
    }

    // ---- linear algebra

    /** U with {@code U^T U = H^-1}, upper triangular. */
    private static double[][] upperOfInverse(double[][] h) {
        int n = h.length;
        // With J turning the order of rows and columns around: J H J = L L^T, so H^-1 = (J L^-1 J)^T (J L^-1 J), and
        // J L^-1 J is upper triangular with a positive diagonal, hence the factor sought.
        double[][] turned = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                turned[i][j] = h[n - 1 - i][n - 1 - j];
            }
        }
        cholesky(turned);
        double[][] inverse = inverseOfLower(turned);
        double[][] upper = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                upper[i][j] = inverse[n - 1 - i][n - 1 - j];
            }
        }
        return upper;
    }

    /** Replaces the lower half of a positive definite matrix by its factor L, {@code L L^T = A}. */
    private static void cholesky(double[][] a) {
        int n = a.length;
        for (int j = 0; j < n; j++) {
            double[] rowJ = a[j];
            double pivot = rowJ[j] - dot(rowJ, rowJ, j);
            if (!(pivot > 0)) {
                throw new dev.hone.compress.CompressionException(
                        "the calibration inputs of a product hold numbers that are not finite; check them");
            }
            double root = Math.sqrt(pivot);
            rowJ[j] = root;
            int column = j;
            IntStream.range(j + 1, n).parallel().forEach(i -> {
                double[] row = a[i];
                row[column] = (row[column] - dot(row, rowJ, column)) / root;
            });
        }
    }

    private static double dot(double[] a, double[] b, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < count; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** Row by row: {@code x_i = (e_i - sum_{k<i} l_ik x_k) / l_ii}. */
    private static double[][] inverseOfLower(double[][] l) {
        int n = l.length;
        double[][] x = new double[n][n];
        for (int i = 0; i < n; i++) {
            double[] row = x[i];
            for (int k = 0; k < i; k++) {
                subtract(row, x[k], l[i][k], 0, k + 1);
            }
            for (int j = 0; j < i; j++) {
                row[j] /= l[i][i];
            }
            row[i] = 1 / l[i][i];
        }
        return x;
    }
}
