package dev.hone.model.metric;

/**
 * How probabilities become a verdict. With a threshold, a part is rejected if 1 - p(good) is at least that, and is then of
 * the most probable of the other classes; without one, the most probable of all classes decides.
 *
 * @param good index of the class of parts without a defect, -1 if there is none
 * @param threshold from 0 to 1, or NaN for none
 */
public record Decision(int good, double threshold) {
    public static final Decision MOST_PROBABLE = new Decision(-1, Double.NaN);

    public boolean hasThreshold() {
        return good >= 0 && !Double.isNaN(threshold);
    }

    /** The class that probabilities [K] speak for. */
    public int of(float[] probabilities) {
        if (!hasThreshold()) {
            return largest(probabilities, -1);
        }
        return defectScore(probabilities, good) >= threshold ? largest(probabilities, good) : good;
    }

    /** How much speaks for a defect: 1 - p(good). */
    static double defectScore(float[] probabilities, int good) {
        return 1 - probabilities[good];
    }

    private static int largest(float[] values, int except) {
        int best = except == 0 ? 1 : 0;
        for (int c = best + 1; c < values.length; c++) {
            best = c != except && values[c] > values[best] ? c : best;
        }
        return best;
    }
}
