package dev.hone.model.metric;

/** Quantiles of sorted numbers. */
final class Quantile {
    private Quantile() {}

    /** By linear interpolation (type 7 of Hyndman and Fan 1996), as NumPy's default. */
    static double of(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
