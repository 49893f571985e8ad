package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Shapley values (1953) by going through all coalitions of the game of {@link Coalitions}:
 *
 * <pre>value of i = sum over S without i of |S|! (M - |S| - 1)! / M! * (v(S with i) - v(S))</pre>
 *
 * <p>for at most 16 players, that is 65,536 coalitions; each costs a run of the model by baseline. Exact, so that they
 * sum to the difference of scores.
 */
final class ExactShapley extends BlackBoxMethod {
    private static final int MOST_PLAYERS = 16;

    ExactShapley(PerturbationRunner model) {
        super(model);
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        model.check(input, targets);
        int players = groups.checked(input.length).count();
        if (players > MOST_PLAYERS) {
            throw new GraphException(
                    "exact-shapley goes through all coalitions of " + players + " players, at most " + MOST_PLAYERS
                            + " are possible; take fewer groups (a coarser grid, superpixels, columns), or kernel-shap");
        }
        long start = System.nanoTime();
        double[][] worth = new Coalitions(model, input, targets, groups).worth(all(players));
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Explanation> explanations = new ArrayList<>();
        for (int k = 0; k < worth.length; k++) {
            float all = (float) worth[k][worth[k].length - 1];
            float nobody = (float) worth[k][0];
            float[] values = values(worth[k], players);
            explanations.add(Explanation.certain(
                            values, new long[] {players}, targets.get(k), all, nobody, worth[k].length, seconds)
                    .noted(model.whyZero(input)));
        }
        return explanations;
    }

    /** @param worth by coalition, the bits of its number being the players */
    private static float[] values(double[] worth, int players) {
        // By size of the coalition that a player joins.
        double[] weights = new double[players];
        weights[0] = 1.0 / players;
        for (int size = 1; size < players; size++) {
            weights[size] = weights[size - 1] * size / (players - size);
        }
        float[] values = new float[players];
        for (int player = 0; player < players; player++) {
            double value = 0;
            for (int coalition = 0; coalition < worth.length; coalition++) {
                if ((coalition >> player & 1) == 0) {
                    double gain = worth[coalition | 1 << player] - worth[coalition];
                    value += weights[Integer.bitCount(coalition)] * gain;
                }
            }
            values[player] = (float) value;
        }
        return values;
    }

    /** How many there are, 2^31 - 1 where that is too many to go through. */
    static int coalitions(int players) {
        return players > MOST_PLAYERS ? Integer.MAX_VALUE : 1 << players;
    }

    /** All subsets, the bits of their number being the players. */
    private static List<BitSet> all(int players) {
        return new AbstractList<>() {
            @Override
            public BitSet get(int index) {
                return BitSet.valueOf(new long[] {index});
            }

            @Override
            public int size() {
                return 1 << players;
            }
        };
    }
}
