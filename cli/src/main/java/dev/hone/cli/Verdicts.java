package dev.hone.cli;

/** From probabilities to a class. */
final class Verdicts {
    private Verdicts() {}

    /** Index of the largest. */
    static int best(float[] row) {
        int best = 0;
        for (int c = 1; c < row.length; c++) {
            best = row[c] > row[best] ? c : best;
        }
        return best;
    }
}
