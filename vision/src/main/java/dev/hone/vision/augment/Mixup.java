package dev.hone.vision.augment;

import dev.hone.data.SeededRandom;

/**
 * Mixup (Zhang et al., 2018): image i becomes {@code share * i + (1 - share) * partner(i)}, its target likewise.
 *
 * @param share weight of image i, 0.5..1, the same for the whole batch
 * @param partner a permutation of the batch
 */
public record Mixup(double share, int[] partner) {
    /** Samples the share from Beta(alpha, alpha) and the partners as a random permutation. */
    public static Mixup sample(double alpha, int size, SeededRandom random) {
        double a = gamma(alpha, random);
        double b = gamma(alpha, random);
        double share = a + b == 0 ? 1 : Math.max(a, b) / (a + b);
        int[] partner = new int[size];
        for (int i = 0; i < size; i++) {
            partner[i] = i;
        }
        random.shuffle(partner);
        return new Mixup(share, partner);
    }

    /** Gamma(shape, 1) by Marsaglia and Tsang (2000). */
    private static double gamma(double shape, SeededRandom random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(1 - random.uniform(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.gaussian();
            double v = 1 + c * x;
            if (v > 0 && Math.log(1 - random.uniform()) < x * x / 2 + d - d * v * v * v + 3 * d * Math.log(v)) {
                return d * v * v * v;
            }
        }
    }
}
