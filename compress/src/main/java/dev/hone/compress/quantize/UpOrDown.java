package dev.hone.compress.quantize;

import java.util.stream.IntStream;

/**
 * Which level each weight of an output goes to, the one below or the one above, so that {@code d^T H d} is small with
 * {@code d} the changes. That is a quadratic problem in bits, of which adaptive rounding finds a good answer by gradients
 * on a relaxation (Nagel et al. 2020); here by cyclic coordinate descent (as Nair and Suggala 2024, "CDQuant", do): from
 * nearest, one weight after the other goes to its other level where that helps, until none does. With {@code g = H d},
 * moving weight k by e changes the sum by {@code 2 e g_k + e^2 H_kk}.
 */
final class UpOrDown {
    /** Outputs that a row of H is used for while it is in the cache. */
    private static final int BLOCK = 16;

    private static final int MOST_SWEEPS = 8;

    private final float[] h;
    private final int at;
    private final int size;
    private final int top;

    /**
     * @param h symmetric, positive semidefinite [size,size] from element {@code at} on
     * @param top the largest level; the smallest is its negative
     */
    UpOrDown(float[] h, int at, int size, int top) {
        this.h = h;
        this.at = at;
        this.size = size;
        this.top = top;
    }

    /**
     * @param weights by output, {@code size} each; afterwards each is a level times the output's step
     * @param steps by output, above 0
     */
    void round(float[][] weights, float[] steps) {
        int blocks = (weights.length + BLOCK - 1) / BLOCK;
        IntStream.range(0, blocks).parallel().forEach(b -> {
            int first = b * BLOCK;
            int count = Math.min(BLOCK, weights.length - first);
            Output[] outputs = new Output[count];
            for (int o = 0; o < count; o++) {
                outputs[o] = new Output(weights[first + o], steps[first + o]);
            }
            for (int k = 0; k < size; k++) {
                for (Output output : outputs) {
                    output.add(k, output.change[k]);
                }
            }
            int moves = 1;
            for (int sweep = 0; sweep < MOST_SWEEPS && moves > 0; sweep++) {
                moves = 0;
                for (int k = 0; k < size; k++) {
                    for (Output output : outputs) {
                        moves += output.improve(k) ? 1 : 0;
                    }
                }
            }
            for (Output output : outputs) {
                output.write();
            }
        });
    }

    /** One output's weights: what each is changed by, the other choice, and {@code g = H d}. */
    private final class Output {
        private final float[] weights;
        private final float step;
        private final float[] change = new float[size];
        private final float[] other = new float[size];
        private final float[] g = new float[size];

        Output(float[] weights, float step) {
            this.weights = weights;
            this.step = step;
            for (int k = 0; k < size; k++) {
                double exact = weights[k] / (double) step;
                long level = level(Math.rint(exact));
                long second = level(level > exact ? level - 1 : level < exact ? level + 1 : level);
                change[k] = (float) ((level - exact) * step);
                other[k] = (float) ((second - exact) * step);
            }
        }

        private long level(double near) {
            return (long) Math.max(-top, Math.min(top, near));
        }

        void add(int k, float by) {
            int row = at + k * size;
            for (int j = 0; j < size; j++) {
                g[j] += by * h[row + j];
            }
        }

        boolean improve(int k) {
            float by = other[k] - change[k];
            if (!(2 * g[k] * by + by * by * h[at + k * size + k] < 0)) {
                return false;
            }
            add(k, by);
            float before = change[k];
            change[k] = other[k];
            other[k] = before;
            return true;
        }

        void write() {
            for (int k = 0; k < size; k++) {
                weights[k] = step * Math.round((weights[k] + change[k]) / step);
            }
        }
    }
}
