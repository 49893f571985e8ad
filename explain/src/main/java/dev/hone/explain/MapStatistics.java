package dev.hone.explain;

import java.util.Arrays;

/**
 * Mean and standard error of attributions, from sums over cells of rows that arrive stratum by stratum, cell by cell. The
 * cells of a stratum are independent and alike, so that their spread estimates the error of the stratum's mean; the error of
 * the whole is that of a stratified sample:
 *
 * <pre>variance of the mean = sum over strata of (rows of the stratum / all rows)^2 * variance among its cells / cells</pre>
 *
 * <p>(W. G. Cochran, Sampling Techniques, 3rd ed. 1977, chapter 5.) A stratum of one cell has no spread, and there is no
 * error then. The degrees of freedom are those of F. E. Satterthwaite (1946), over strata.
 *
 * <p>Where something is known to be 0 on average, by how much the attributions of a row miss the difference of scores that
 * they sum to with infinitely many samples, it serves as control variate: of each attribution as much of it is taken off as
 * goes along with it from cell to cell,
 *
 * <pre>estimate = mean - beta * mean miss,   beta = covariance with the miss / variance of the miss</pre>
 *
 * <p>(Cochran, chapter 7: the regression estimator; A. B. Owen, Monte Carlo theory, methods and examples, section 8.9.) The
 * betas sum to 1, so that the corrected attributions sum to the difference of scores. Too few cells do not determine them.
 */
final class MapStatistics {
    private static final int FEWEST_DEGREES = 12;
    private static final double LARGEST = 10;

    private final double[] sum;
    private final double[] variance;
    private final double[] cellSum;
    private final double[] mean;
    private final double[] squares;
    private final double[] products;
    private final double[] covariance;
    private double miss;
    private double cellMiss;
    private double missMean;
    private double missSquares;
    private double missVariance;
    private int stratum = -1;
    private int cell = -1;
    private int cellRows;
    private int cells;
    private long stratumRows;
    private long rows;
    private boolean told = true;
    private double all;
    private double squaresOfAll;
    private int mostDegrees;

    MapStatistics(int elements) {
        sum = new double[elements];
        variance = new double[elements];
        cellSum = new double[elements];
        mean = new double[elements];
        squares = new double[elements];
        products = new double[elements];
        covariance = new double[elements];
    }

    /** @param attribution the sum over the group's rows */
    void add(SampleGroup group, float[] attribution) {
        add(group, attribution, 0);
    }

    /** @param missed by the sum of the attributions; 0 on average, or always where nothing is known of it */
    void add(SampleGroup group, float[] attribution, double missed) {
        if (group.stratum() != stratum) {
            endStratum();
            stratum = group.stratum();
            cell = group.cell();
        } else if (group.cell() != cell) {
            endCell();
            cell = group.cell();
        }
        cellRows += group.rows().length;
        cellMiss += missed;
        for (int i = 0; i < cellSum.length; i++) {
            cellSum[i] += attribution[i];
        }
    }

    private void endCell() {
        if (cellRows == 0) {
            return;
        }
        cells++;
        double missed = cellMiss / cellRows;
        double missBefore = missed - missMean;
        missMean += missBefore / cells;
        missSquares += missBefore * (missed - missMean);
        miss += cellMiss;
        cellMiss = 0;
        for (int i = 0; i < cellSum.length; i++) {
            double value = cellSum[i] / cellRows;
            double before = value - mean[i];
            mean[i] += before / cells;
            squares[i] += before * (value - mean[i]);
            products[i] += before * (missed - missMean);
            sum[i] += cellSum[i];
            cellSum[i] = 0;
        }
        stratumRows += cellRows;
        cellRows = 0;
    }

    private void endStratum() {
        endCell();
        if (cells > 1) {
            double factor = (double) stratumRows * stratumRows / (cells - 1.0) / cells;
            double total = 0;
            for (int i = 0; i < variance.length; i++) {
                variance[i] += factor * squares[i];
                covariance[i] += factor * products[i];
                total += factor * squares[i];
            }
            missVariance += factor * missSquares;
            all += total;
            squaresOfAll += total * total / (cells - 1);
            mostDegrees += cells - 1;
        } else if (cells == 1) {
            told = false;
        }
        rows += stratumRows;
        stratumRows = 0;
        cells = 0;
        missMean = 0;
        missSquares = 0;
        Arrays.fill(mean, 0);
        Arrays.fill(squares, 0);
        Arrays.fill(products, 0);
    }

    /**
     * The norm of a map's error relative to that of the map, which the error itself has lengthened; at most {@value
     * #LARGEST}, as what is left of a map that is nothing but noise says nothing of the rest.
     *
     * @param error the square of the error's norm
     * @param squares of the map's norm
     */
    static double relative(double error, double squares) {
        return error == 0 ? 0 : Math.min(LARGEST, Math.sqrt(error / Math.max(squares - error, 0)));
    }

    /**
     * @param mean over rows
     * @param variance of that mean, NaN where it cannot be estimated
     * @param rows how many there were
     * @param degreesOfFreedom of the variance
     */
    record Estimate(double[] mean, double[] variance, long rows, double degreesOfFreedom) {
        /** The Euclidean norm of the map's error, relative to that of the map, which the error itself has lengthened. */
        double relativeError() {
            double error = 0;
            double length = 0;
            for (int i = 0; i < mean.length; i++) {
                error += variance[i];
                length += mean[i] * mean[i];
            }
            return relative(error, length);
        }

        /**
         * Both, weighted with their numbers of rows to the power 1.5: the error of such samples falls faster than that of
         * independent ones. The degrees of freedom are those of F. E. Satterthwaite (1946).
         */
        Estimate and(Estimate other) {
            double a = Math.pow(rows, 1.5);
            double b = Math.pow(other.rows, 1.5);
            double share = a / (a + b);
            double[] means = new double[mean.length];
            double[] variances = new double[mean.length];
            double first = 0;
            double second = 0;
            for (int i = 0; i < means.length; i++) {
                means[i] = share * mean[i] + (1 - share) * other.mean[i];
                first += share * share * variance[i];
                second += (1 - share) * (1 - share) * other.variance[i];
                variances[i] = share * share * variance[i] + (1 - share) * (1 - share) * other.variance[i];
            }
            double freedom = (first + second)
                    * (first + second)
                    / (first * first / degreesOfFreedom + second * second / other.degreesOfFreedom);
            return new Estimate(means, variances, rows + other.rows, first + second == 0 ? degreesOfFreedom : freedom);
        }
    }

    /** After the last group. */
    Estimate estimate() {
        endStratum();
        double[] means = new double[sum.length];
        double[] variances = new double[sum.length];
        for (int i = 0; i < sum.length; i++) {
            means[i] = sum[i] / rows;
            variances[i] = told ? variance[i] / rows / rows : Double.NaN;
        }
        double degrees = squaresOfAll == 0 ? mostDegrees : Math.max(1, all * all / squaresOfAll);
        return controlled(means, variances, Math.min(degrees, mostDegrees), 1.0 / rows / rows);
    }

    /** @param scale from sums over strata to variances */
    private Estimate controlled(double[] means, double[] variances, double degrees, double scale) {
        // Nothing that depends on how elements are grouped may decide: the sums of groups are those of their elements.
        if (mostDegrees < FEWEST_DEGREES || !(missVariance > 0)) {
            return new Estimate(means, variances, rows, degrees);
        }
        // A coefficient estimated from few cells is off, which adds to the error.
        double more = mostDegrees / (mostDegrees - 2.0);
        for (int i = 0; i < means.length; i++) {
            double beta = covariance[i] / missVariance;
            means[i] -= beta * miss / rows;
            variances[i] = Math.max(0, variances[i] - beta * covariance[i] * scale) * more;
        }
        return new Estimate(means, variances, rows, Math.max(1, degrees - 1));
    }
}
