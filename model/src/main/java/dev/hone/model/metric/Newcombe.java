package dev.hone.model.metric;

/**
 * The lower bound of a ROC AUC of 1: the smallest area t that is not rejected, (1 - t)^2 = z^2 V(t), with
 *
 * <pre>V(t) = t (1 - t) (1 + s (1 - t) / (2 - t) + s t / (1 + t)) / (m n),  s = (m + n) / 2 - 1</pre>
 *
 * <p>for m positives and n negatives (Newcombe 2006, part 2, method 5).
 */
final class Newcombe {
    private Newcombe() {}

    static double low(long m, long n) {
        double below = 0;
        double above = 1;
        for (int i = 0; i < 60; i++) {
            double t = (below + above) / 2;
            // Divided by 1 - t, so that t = 1 is no root.
            double s = (m + n) / 2.0 - 1;
            double rest = t * (1 + s * (1 - t) / (2 - t) + s * t / (1 + t)) / ((double) m * n);
            if (1 - t > Proportion.Z * Proportion.Z * rest) {
                below = t;
            } else {
                above = t;
            }
        }
        return (below + above) / 2;
    }
}
