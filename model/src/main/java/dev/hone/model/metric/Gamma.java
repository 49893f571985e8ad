package dev.hone.model.metric;

import java.util.SplittableRandom;

/** Draws of the gamma distribution of scale 1. */
final class Gamma {
    private Gamma() {}

    /** By Marsaglia and Tsang (2000), "A simple method for generating gamma variables". */
    static double draw(double shape, SplittableRandom random) {
        if (shape < 1) {
            return draw(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
