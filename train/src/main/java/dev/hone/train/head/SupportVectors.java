package dev.hone.train.head;

import java.util.Arrays;

/**
 * The dual problem of a support vector machine of two classes by sequential minimal optimization, with the choice of pairs
 * by second-order information (Fan, Chen and Lin 2005), as in LIBSVM.
 */
final class SupportVectors {
    /** How far the conditions of the optimum may be violated, LIBSVM's default. */
    private static final double TOLERANCE = 1e-3;

    private static final double TINY = 1e-12;

    private final float[] kernel;
    private final double[] bounds;
    private final boolean[] positive;
    private final int n;
    private final double[] alpha;
    private final double[] gradient;

    private SupportVectors(float[] kernel, boolean[] positive, double[] bounds) {
        this.kernel = kernel;
        this.positive = positive;
        this.bounds = bounds;
        this.n = positive.length;
        this.alpha = new double[n];
        this.gradient = new double[n];
        Arrays.fill(gradient, -1);
    }

    /**
     * The decision function {@code sum_i coefficients_i k(x_i, x) + bias}.
     *
     * @param coefficients alpha times 1 or -1; 0 for what is no support vector
     */
    record Solution(double[] coefficients, double bias) {}

    /**
     * @param kernel [n,n], symmetric, row after row, with ones in its diagonal
     * @param positive which samples are of the first class; both classes occur
     * @param bounds the largest alpha of each sample (C, times the weight of its class)
     */
    static Solution solve(float[] kernel, boolean[] positive, double[] bounds) {
        return new SupportVectors(kernel, positive, bounds).solve();
    }

    private Solution solve() {
        long most = Math.max(100_000L, 100L * n);
        for (long i = 0; i < most && step(); i++) {
            continue;
        }
        double[] coefficients = new double[n];
        for (int i = 0; i < n; i++) {
            coefficients[i] = sign(i) * alpha[i];
        }
        return new Solution(coefficients, bias());
    }

    private double sign(int i) {
        return positive[i] ? 1 : -1;
    }

    /** Whether alpha can grow in the direction of the sample's class. */
    private boolean isUp(int i) {
        return positive[i] ? alpha[i] < bounds[i] : alpha[i] > 0;
    }

    private boolean isLow(int i) {
        return positive[i] ? alpha[i] > 0 : alpha[i] < bounds[i];
    }

    /** Optimizes over one pair; false if all conditions hold. */
    private boolean step() {
        int i = -1;
        double highest = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < n; t++) {
            if (isUp(t)) {
                double value = -sign(t) * gradient[t];
                if (value > highest) {
                    highest = value;
                    i = t;
                }
            }
        }
        if (i < 0) {
            return false;
        }
        int j = -1;
        double lowest = Double.POSITIVE_INFINITY;
        double best = Double.POSITIVE_INFINITY;
        int row = i * n;
        for (int t = 0; t < n; t++) {
            if (isLow(t)) {
                double value = -sign(t) * gradient[t];
                lowest = Math.min(lowest, value);
                double difference = highest - value;
                if (difference > 0) {
                    double curvature = Math.max(TINY, 2 - 2 * kernel[row + t]);
                    double gain = -difference * difference / curvature;
                    if (gain < best) {
                        best = gain;
                        j = t;
                    }
                }
            }
        }
        if (j < 0 || highest - lowest < TOLERANCE) {
            return false;
        }
        update(i, j);
        return true;
    }

    /** Moves both alphas along the line on which their signed sum stays the same, as far as is best and allowed. */
    private void update(int i, int j) {
        double curvature = Math.max(TINY, 2 - 2 * kernel[i * n + j]);
        double wanted = (-sign(i) * gradient[i] + sign(j) * gradient[j]) / curvature;
        double roomI = positive[i] ? bounds[i] - alpha[i] : alpha[i];
        double roomJ = positive[j] ? alpha[j] : bounds[j] - alpha[j];
        double move = Math.min(wanted, Math.min(roomI, roomJ));
        // Exactly on the bound where the move ends there: whether it is free is asked by comparison.
        alpha[i] = move == roomI ? (positive[i] ? bounds[i] : 0) : alpha[i] + sign(i) * move;
        alpha[j] = move == roomJ ? (positive[j] ? 0 : bounds[j]) : alpha[j] - sign(j) * move;
        int rowI = i * n;
        int rowJ = j * n;
        for (int t = 0; t < n; t++) {
            gradient[t] += sign(t) * move * (kernel[rowI + t] - kernel[rowJ + t]);
        }
    }

    /** The mean over the free support vectors, or the middle of what the conditions allow. */
    private double bias() {
        double sum = 0;
        int free = 0;
        double upper = Double.POSITIVE_INFINITY;
        double lower = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < n; t++) {
            double value = -sign(t) * gradient[t];
            if (alpha[t] > 0 && alpha[t] < bounds[t]) {
                sum += value;
                free++;
            } else if (isUp(t)) {
                lower = Math.max(lower, value);
            } else {
                upper = Math.min(upper, value);
            }
        }
        return free > 0 ? sum / free : (upper + lower) / 2;
    }
}
