package dev.hone.train.head;

/** Calibrates probabilities: the number that logits are divided by so that held-out samples are least surprising. */
final class Temperature {
    private static final double LOWEST = Math.log(1e-2);
    private static final double HIGHEST = Math.log(1e2);
    private static final int ROUNDS = 60;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private Temperature() {}

    /**
     * The minimum of the mean cross-entropy, which has one only in the inverse of the temperature.
     *
     * @param logits of samples that the head was not fitted to, [n][K]
     */
    static double fit(double[][] logits, int[] labels) {
        double low = LOWEST;
        double high = HIGHEST;
        double a = high - GOLDEN * (high - low);
        double b = low + GOLDEN * (high - low);
        double atA = loss(logits, labels, Math.exp(a));
        double atB = loss(logits, labels, Math.exp(b));
        for (int i = 0; i < ROUNDS; i++) {
            if (atA <= atB) {
                high = b;
                b = a;
                atB = atA;
                a = high - GOLDEN * (high - low);
                atA = loss(logits, labels, Math.exp(a));
            } else {
                low = a;
                a = b;
                atA = atB;
                b = low + GOLDEN * (high - low);
                atB = loss(logits, labels, Math.exp(b));
            }
        }
        return Math.exp((low + high) / 2);
    }

    /** The mean cross-entropy of the softmax of logits divided by a temperature. */
    static double loss(double[][] logits, int[] labels, double temperature) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (double v : logits[i]) {
                largest = Math.max(largest, v);
            }
            double total = 0;
            for (double v : logits[i]) {
                total += Math.exp((v - largest) / temperature);
            }
            sum += Math.log(total) - (logits[i][labels[i]] - largest) / temperature;
        }
        return sum / labels.length;
    }
}
