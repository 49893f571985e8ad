package dev.hone.compress;

/**
 * What a compressed model may lose.
 *
 * @param metric closed by whoever opened it
 * @param maxDrop points below the original model's, 0 or more
 */
public record AccuracyGoal(Metric metric, double maxDrop) {
    public AccuracyGoal {
        if (!(maxDrop >= 0)) {
            throw new CompressionException("the accuracy goal is a drop of " + maxDrop + " points, expected 0 or more");
        }
    }
}
