package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The least squares of KernelSHAP over pairs of coalitions sampled independently. The last player's value is what the others
 * leave of the total, so that with z the coalition's indicator
 *
 * <pre>v(z) - v(nobody) - z_M total = sum over i &lt; M of (z_i - z_M) value_i</pre>
 *
 * <p>Standard errors are those that hold whatever the errors' form, by pair (the sandwich of White 1980, with the
 * leverage of each pair taken out of its residual: HC3 of MacKinnon and White 1985).
 */
final class ShapleyRegression {
    private final int players;
    private final double total;
    private final List<BitSet> coalitions = new ArrayList<>();
    private final List<Double> gains = new ArrayList<>();

    ShapleyRegression(int players, double total) {
        this.players = players;
        this.total = total;
    }

    /**
     * @param mean the Shapley values
     * @param variance of each
     */
    record Values(double[] mean, double[] variance, double degreesOfFreedom) {}

    /** Coalitions come in pairs. @param gain v(coalition) - v(nobody) */
    void add(BitSet coalition, double gain) {
        coalitions.add(coalition);
        gains.add(gain);
    }

    private double[] row(BitSet coalition) {
        double[] row = new double[players - 1];
        double last = coalition.get(players - 1) ? 1 : 0;
        for (int i = 0; i < row.length; i++) {
            row[i] = (coalition.get(i) ? 1 : 0) - last;
        }
        return row;
    }

    private double residual(int index, double[] row, double[] values) {
        double expected = coalitions.get(index).get(players - 1) ? total : 0;
        for (int i = 0; i < row.length; i++) {
            expected += row[i] * values[i];
        }
        return gains.get(index) - expected;
    }

    Values solve() {
        int n = players - 1;
        double[][] inverse = inverse(normal(n), n);
        double[] values = new double[n];
        for (int k = 0; k < coalitions.size(); k++) {
            double[] row = row(coalitions.get(k));
            double y = residual(k, row, new double[n]);
            for (int i = 0; i < n; i++) {
                values[i] += row[i] * y;
            }
        }
        values = times(inverse, values);
        double[] mean = new double[players];
        double[] variance = new double[players];
        mean[n] = total;
        for (int i = 0; i < n; i++) {
            mean[i] = values[i];
            mean[n] -= values[i];
        }
        for (int k = 0; k < coalitions.size(); k += 2) {
            // Of a pair the rows are opposite: together they are twice one row with the mean of both residuals.
            double[] row = row(coalitions.get(k));
            double residual = residual(k, row, values) - residual(k + 1, row(coalitions.get(k + 1)), values);
            double[] influence = times(inverse, row);
            double leverage = 0;
            for (int i = 0; i < n; i++) {
                leverage += 2 * row[i] * influence[i];
            }
            double factor = residual / Math.max(1 - leverage, 1e-3);
            double last = 0;
            for (int i = 0; i < n; i++) {
                double change = factor * influence[i];
                variance[i] += change * change;
                last -= change;
            }
            variance[n] += last * last;
        }
        return new Values(mean, variance, Math.max(1, coalitions.size() / 2 - n));
    }

    private double[][] normal(int n) {
        double[][] sums = new double[n][n];
        for (BitSet coalition : coalitions) {
            double[] row = row(coalition);
            for (int i = 0; i < n; i++) {
                for (int j = 0; row[i] != 0 && j < n; j++) {
                    sums[i][j] += row[i] * row[j];
                }
            }
        }
        return sums;
    }

    private static double[] times(double[][] matrix, double[] vector) {
        double[] product = new double[vector.length];
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < vector.length; j++) {
                product[i] += matrix[i][j] * vector[j];
            }
        }
        return product;
    }

    /** By Gauss and Jordan, with row pivots. */
    private static double[][] inverse(double[][] matrix, int n) {
        double[][] inverse = new double[n][n];
        for (int i = 0; i < n; i++) {
            inverse[i][i] = 1;
        }
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int i = column + 1; i < n; i++) {
                pivot = Math.abs(matrix[i][column]) > Math.abs(matrix[pivot][column]) ? i : pivot;
            }
            if (Math.abs(matrix[pivot][column]) < 1e-9) {
                throw new GraphException("kernel-shap sampled too few coalitions to distinguish " + (n + 1)
                        + " players apart; take more samples or larger groups");
            }
            swap(matrix, pivot, column);
            swap(inverse, pivot, column);
            double scale = 1 / matrix[column][column];
            for (int j = 0; j < n; j++) {
                matrix[column][j] *= scale;
                inverse[column][j] *= scale;
            }
            for (int i = 0; i < n; i++) {
                double factor = i == column ? 0 : matrix[i][column];
                for (int j = 0; factor != 0 && j < n; j++) {
                    matrix[i][j] -= factor * matrix[column][j];
                    inverse[i][j] -= factor * inverse[column][j];
                }
            }
        }
        return inverse;
    }

    private static void swap(double[][] rows, int a, int b) {
        double[] kept = rows[a];
        rows[a] = rows[b];
        rows[b] = kept;
    }
}
