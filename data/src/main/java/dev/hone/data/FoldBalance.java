package dev.hone.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Puts groups into folds so that the classes are balanced: minimizes the sum over folds and classes of (n_fc / N_c)^2, n_fc
 * the samples of class c in fold f and N_c those in all, which is least where every class is spread evenly, and adds the
 * same for the folds' sizes. Large groups are placed first, each where the sum grows least; then groups are moved and
 * exchanged as long as it shrinks.
 */
final class FoldBalance {
    /** Rounds of moving and exchanging; a few are enough. */
    private static final int ROUNDS = 20;

    /** For each group this many others are tried in exchange. */
    private static final int EXCHANGES = 64;

    private static final double LEAST_GAIN = 1e-12;

    private final int[] groups;
    private final int classes;
    private final int folds;
    private final long seed;
    /** By group, pairs of class and number of samples, and last {@code classes} and the group's size. */
    private final int[][] counts;

    private final double[] weight;
    private final long[][] sums;
    private final int[] foldOf;

    FoldBalance(int[] labels, int[] groups, int classes, int folds, long seed) {
        this.groups = groups;
        this.classes = classes;
        this.folds = folds;
        this.seed = seed;
        this.counts = counts(labels);
        this.weight = new double[classes + 1];
        for (int[] of : counts) {
            for (int k = 0; k < of.length; k += 2) {
                weight[of[k]] += of[k + 1];
            }
        }
        int present = (int) Arrays.stream(weight, 0, classes).filter(n -> n > 0).count();
        Arrays.setAll(weight, c -> weight[c] == 0 ? 0 : 1 / (weight[c] * weight[c]) / (c < classes ? present : 1));
        this.sums = new long[folds][classes + 1];
        this.foldOf = new int[counts.length];
    }

    private int[][] counts(int[] labels) {
        int number = IntStream.of(groups).max().orElse(-1) + 1;
        int[][] ofGroup = new int[number][];
        int[] sizes = new int[number];
        IntStream.of(groups).forEach(g -> sizes[g]++);
        for (int g = 0; g < number; g++) {
            ofGroup[g] = new int[sizes[g]];
        }
        int[] filled = new int[number];
        for (int i = 0; i < labels.length; i++) {
            ofGroup[groups[i]][filled[groups[i]]++] = labels[i];
        }
        for (int g = 0; g < number; g++) {
            Arrays.sort(ofGroup[g]);
            int[] distinct = IntStream.of(ofGroup[g]).distinct().toArray();
            int[] pairs = new int[2 * distinct.length + 2];
            for (int k = 0; k < distinct.length; k++) {
                int label = distinct[k];
                pairs[2 * k] = label;
                pairs[2 * k + 1] =
                        (int) IntStream.of(ofGroup[g]).filter(l -> l == label).count();
            }
            pairs[2 * distinct.length] = classes;
            pairs[2 * distinct.length + 1] = sizes[g];
            ofGroup[g] = pairs;
        }
        return ofGroup;
    }

    /** The fold of each sample. */
    int[] assign() {
        int[] shuffled = IntStream.range(0, counts.length).toArray();
        SeededRandom random = new SeededRandom(seed, counts.length);
        random.shuffle(shuffled);
        int[] order = IntStream.of(shuffled)
                .boxed()
                .sorted(Comparator.comparingInt(g -> -counts[g][counts[g].length - 1]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int g : order) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int f = 0; f < folds; f++) {
                double cost = growth(g, f);
                if (cost < least - LEAST_GAIN) {
                    least = cost;
                    best = f;
                }
            }
            put(g, best, 1);
            foldOf[g] = best;
        }
        boolean better = true;
        for (int round = 0; better && round < ROUNDS; round++) {
            better = false;
            for (int g : order) {
                better |= move(g) || exchange(g, random);
            }
        }
        return IntStream.of(groups).map(g -> foldOf[g]).toArray();
    }

    /** By how much the sum grows if a group is added to a fold. */
    private double growth(int group, int fold) {
        double cost = 0;
        int[] of = counts[group];
        for (int k = 0; k < of.length; k += 2) {
            double n = of[k + 1];
            cost += weight[of[k]] * n * (2.0 * sums[fold][of[k]] + n);
        }
        return cost;
    }

    private void put(int group, int fold, int sign) {
        int[] of = counts[group];
        for (int k = 0; k < of.length; k += 2) {
            sums[fold][of[k]] += (long) sign * of[k + 1];
        }
    }

    private boolean move(int group) {
        int from = foldOf[group];
        put(group, from, -1);
        int best = from;
        double least = growth(group, from) - LEAST_GAIN;
        for (int f = 0; f < folds; f++) {
            double cost = growth(group, f);
            if (cost < least) {
                least = cost;
                best = f;
            }
        }
        put(group, best, 1);
        foldOf[group] = best;
        return best != from;
    }

    /** Exchanges a group with one of another fold if that is better. */
    private boolean exchange(int group, SeededRandom random) {
        for (int t = 0; t < EXCHANGES; t++) {
            int other = random.below(counts.length);
            int a = foldOf[group];
            int b = foldOf[other];
            if (a != b) {
                put(group, a, -1);
                put(other, b, -1);
                double now = growth(group, a) + growth(other, b);
                double then = growth(group, b) + growth(other, a);
                boolean better = then < now - LEAST_GAIN;
                foldOf[group] = better ? b : a;
                foldOf[other] = better ? a : b;
                put(group, foldOf[group], 1);
                put(other, foldOf[other], 1);
                if (better) {
                    return true;
                }
            }
        }
        return false;
    }
}
