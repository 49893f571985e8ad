package dev.hone.train.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Logistic regressions by strength of the L2 penalty and weight of rare classes. */
final class LinearFamily implements HeadFamily {
    private static final double[] STRENGTHS = {1, 3, 10, 30, 100, 300};
    /** Powers of a class's size by which it is weighted down. */
    private static final double[] BALANCES = {0.5, 1};

    private static final double TOLERANCE = 1e-5;

    @Override
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        for (double balance : BALANCES) {
            for (double c : STRENGTHS) {
                settings.add(String.format(Locale.ROOT, "C %.3g, class weights 1 / size^%.1f", c, balance));
            }
        }
        return settings;
    }

    @Override
    public List<Head> fit(HeadSamples training, int[] settings, long seed) {
        List<Head> heads = new ArrayList<>();
        LinearHead last = null;
        for (int setting : settings) {
            double[] weights = training.classWeights(BALANCES[setting / STRENGTHS.length]);
            // From the solution of a stronger penalty it is not far.
            last = LogisticRegression.fit(training, weights, STRENGTHS[setting % STRENGTHS.length], last, TOLERANCE);
            heads.add(last);
        }
        return heads;
    }
}
