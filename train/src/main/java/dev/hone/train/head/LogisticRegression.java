package dev.hone.train.head;

import java.util.Arrays;

/**
 * Multinomial logistic regression: minimizes {@code C sum_i w_i (-log p_i) + |W|^2 / 2}, as scikit-learn's {@code
 * LogisticRegression} does for three classes and more. The bias is not penalized.
 */
final class LogisticRegression {
    private static final int ITERATIONS = 500;

    private final HeadSamples samples;
    private final double[] classWeights;
    private final double penalty;
    private final double total;

    private LogisticRegression(HeadSamples samples, double[] classWeights, double c) {
        this.samples = samples;
        this.classWeights = classWeights;
        double sum = 0;
        for (int label : samples.labels()) {
            sum += classWeights[label];
        }
        this.total = sum;
        this.penalty = 1 / (c * sum);
    }

    /**
     * @param classWeights one per class
     * @param c how much the data count against the penalty, more than 0
     * @param start where to begin, null for zeros
     * @param tolerance of the gradient of the mean loss
     */
    static LinearHead fit(HeadSamples samples, double[] classWeights, double c, LinearHead start, double tolerance) {
        LogisticRegression problem = new LogisticRegression(samples, classWeights, c);
        int width = samples.width();
        double[] x = new double[samples.classes() * (width + 1)];
        if (start != null) {
            for (int k = 0; k < samples.classes(); k++) {
                System.arraycopy(start.weights()[k], 0, x, k * (width + 1), width);
                x[k * (width + 1) + width] = start.bias()[k];
            }
        }
        double[] found = Lbfgs.minimize(problem::value, x, tolerance, ITERATIONS);
        double[][] weights = new double[samples.classes()][width];
        double[] bias = new double[samples.classes()];
        for (int k = 0; k < samples.classes(); k++) {
            System.arraycopy(found, k * (width + 1), weights[k], 0, width);
            bias[k] = found[k * (width + 1) + width];
        }
        return new LinearHead(weights, bias);
    }

    /** Mean loss and penalty; x holds the weights and, behind them, the bias of one class after the other. */
    private double value(double[] x, double[] gradient) {
        int width = samples.width();
        int classes = samples.classes();
        int row = width + 1;
        double sum = 0;
        Arrays.fill(gradient, 0);
        double[] p = new double[classes];
        double[] z = new double[width];
        for (int n = 0; n < samples.size(); n++) {
            for (int i = 0; i < width; i++) {
                z[i] = samples.values()[n * width + i];
            }
            for (int k = 0; k < classes; k++) {
                p[k] = score(x, k * row, z);
            }
            int label = samples.labels()[n];
            double weight = classWeights[label] / total;
            softmax(p);
            sum -= weight * Math.log(Math.max(p[label], Double.MIN_NORMAL));
            for (int k = 0; k < classes; k++) {
                double factor = weight * (p[k] - (k == label ? 1 : 0));
                int at = k * row;
                for (int i = 0; i < width; i++) {
                    gradient[at + i] += factor * z[i];
                }
                gradient[at + width] += factor;
            }
        }
        for (int k = 0; k < classes; k++) {
            for (int i = k * row; i < k * row + width; i++) {
                sum += penalty * x[i] * x[i] / 2;
                gradient[i] += penalty * x[i];
            }
        }
        return sum;
    }

    private static void softmax(double[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double s : scores) {
            largest = Math.max(largest, s);
        }
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
            scores[k] = Math.exp(scores[k] - largest);
            sum += scores[k];
        }
        for (int k = 0; k < scores.length; k++) {
            scores[k] /= sum;
        }
    }

    private static double score(double[] x, int at, double[] z) {
        double s0 = x[at + z.length];
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < z.length; i += 4) {
            s0 += x[at + i] * z[i];
            s1 += x[at + i + 1] * z[i + 1];
            s2 += x[at + i + 2] * z[i + 2];
            s3 += x[at + i + 3] * z[i + 3];
        }
        for (; i < z.length; i++) {
            s0 += x[at + i] * z[i];
        }
        return s0 + s1 + s2 + s3;
    }
}
