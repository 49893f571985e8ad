package dev.hone.compress.quantize;

import java.util.function.DoubleUnaryOperator;

/** Chooses the range of an activation from its histogram, by each of the calibration methods. */
final class Ranges {
    /** Ends tried for a side, first over all of it, then around the best of the first round. */
    private static final int COARSE = 64;

    private static final int FINE = 16;
    private static final int LEVELS = Scale.LEVELS + 1;

    private Ranges() {}

    /**
     * @param method not {@link CalibrationMethod#MEASURED}, which is for a whole model to choose
     * @param percentile share of the values to keep, in percent; only {@link CalibrationMethod#PERCENTILE} reads it
     */
    static Range choose(Histogram histogram, CalibrationMethod method, double percentile) {
        if (histogram.width() == 0) {
            return histogram.everything();
        }
        return switch (method) {
            case MIN_MAX -> histogram.everything();
            case PERCENTILE -> percentile(histogram, percentile);
            case ENTROPY -> search(histogram, Ranges::divergence);
            case MEAN_SQUARED_ERROR -> search(histogram, Ranges::squaredError);
            case MEASURED -> throw new IllegalArgumentException(method + " is no method for one activation");
        };
    }

    /** Cuts half of the share off at each end, to whole bins. */
    static Range percentile(Histogram histogram, double percentile) {
        double cut = (100 - percentile) / 200 * histogram.total();
        int low = histogram.first();
        for (long below = countAll(histogram, low); below <= cut; below += countAll(histogram, low)) {
            low++;
        }
        int high = histogram.end() - 1;
        for (long above = countAll(histogram, high); above <= cut; above += countAll(histogram, high)) {
            high--;
        }
        return Range.around(
                Math.max(histogram.min(), low * histogram.width()),
                Math.min(histogram.max(), (high + 1) * histogram.width()));
    }

    private static long countAll(Histogram histogram, int bin) {
        return histogram.count(bin) + (bin == 0 ? histogram.zeros() : 0);
    }

    private interface Cost {
        double of(Histogram histogram, Range range);
    }

    /** Moves one end, then the other, then the first again, each to where the cost is least. */
    private static Range search(Histogram histogram, Cost cost) {
        Range range = histogram.everything();
        for (int round = 0; round < (range.low() < 0 && range.high() > 0 ? 2 : 1); round++) {
            double low = range.low();
            double high =
                    least(range.high(), histogram.everything().high(), h -> cost.of(histogram, new Range(low, h)));
            range = new Range(
                    least(low, histogram.everything().low(), l -> cost.of(histogram, new Range(l, high))), high);
        }
        return range;
    }

    /** The end between 0 and the outermost one with the least cost; the present one unless another is better. */
    private static double least(double present, double outermost, DoubleUnaryOperator cost) {
        if (outermost == 0) {
            return 0;
        }
        double best = present;
        double bestCost = cost.applyAsDouble(present);
        for (int i = 1; i <= COARSE; i++) {
            double end = outermost * i / COARSE;
            double c = cost.applyAsDouble(end);
            if (c < bestCost) {
                best = end;
                bestCost = c;
            }
        }
        double around = best;
        for (int i = -FINE + 1; i < FINE; i++) {
            double end = around + outermost * i / (COARSE * FINE);
            if (end * outermost > 0 && Math.abs(end) <= Math.abs(outermost)) {
                double c = cost.applyAsDouble(end);
                if (c < bestCost) {
                    best = end;
                    bestCost = c;
                }
            }
        }
        return best;
    }

    /** The sum of squared differences between the values and what they become as bytes of a range. */
    static double squaredError(Histogram histogram, Range range) {
        Scale scale = Scale.of(range);
        double sum = 0;
        for (int i = histogram.first(); i < histogram.end(); i++) {
            long count = histogram.count(i);
            if (count > 0) {
                double value = histogram.middle(i);
                double error = value - scale.dequantize(scale.quantize(value));
                sum += count * error * error;
            }
        }
        return sum;
    }

    /**
     * The Kullback-Leibler divergence {@code sum p log(p/q)} between the values clipped to a range, counted in bins, and
     * the same with the bins inside each of 256 levels made equal (those that are empty stay empty). What is clipped
     * counts for p at the ends, and is missing from q: that is the price of clipping. Zeros do not count, they are exact
     * in any range. (S. Migacz, 8-bit inference with TensorRT, 2017.)
     */
    static double divergence(Histogram histogram, Range range) {
        int first = Math.max(histogram.first(), (int) Math.floor(range.low() / histogram.width()));
        int end = Math.min(histogram.end(), Math.max((int) Math.ceil(range.high() / histogram.width()), first + 1));
        if (end - first < Math.min(2, histogram.end() - histogram.first())) {
            return Double.POSITIVE_INFINITY; // Clipped to a single bin, anything looks alike.
        }
        double[] p = new double[end - first];
        double clipped = 0;
        for (int i = histogram.first(); i < histogram.end(); i++) {
            p[Math.max(first, Math.min(end - 1, i)) - first] += histogram.count(i);
            clipped += i < first || i >= end ? histogram.count(i) : 0;
        }
        double total = histogram.total() - histogram.zeros();
        double kept = total - clipped;
        if (kept <= 0) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = 0;
        double smallest = 1e-4 / p.length;
        for (int level = 0; level < LEVELS; level++) {
            int from = (int) ((long) level * p.length / LEVELS);
            int to = (int) ((level + 1L) * p.length / LEVELS);
            long inside = 0;
            int used = 0;
            for (int i = from; i < to; i++) {
                inside += histogram.count(first + i);
                used += p[i] > 0 ? 1 : 0;
            }
            for (int i = from; i < to; i++) {
                if (p[i] > 0) {
                    double share = p[i] / total;
                    sum += share * Math.log(share / Math.max(smallest, inside / (used * kept)));
                }
            }
        }
        return sum;
    }
}
