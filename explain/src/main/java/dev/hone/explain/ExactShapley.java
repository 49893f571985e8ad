package dev.hone.explain;

import dev.hone.graph.GraphException;
import dev.hone.runtime.NativeTensor;
import java.util.AbstractList;
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
final class ExactShapley implements Attributor {
    private static final int MOST_PLAYERS = 16;

    private final Evaluator model;

    ExactShapley(Evaluator model) {
        this.model = model;
    }

    @Override
    public int classes() {
        return model.classes();
    }

    @Override
    public float[] scores(float[] input) {
        return model.scores(input);
    }

    @Override
    public long[] inputDims() {
        return model.inputDims();
    }

    @Override
    public Explanation explain(float[] input, int target) {
        Explanation e = explain(input, target, Groups.single(model.elements()));
        return e.shaped(model.shape());
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        model.check(input, target);
        int players = groups.checked(input.length).count();
        if (players > MOST_PLAYERS) {
            throw new GraphException(
                    "exact-shapley goes through all coalitions of " + players + " players, at most " + MOST_PLAYERS
                            + " are possible; take fewer groups (a coarser grid, superpixels, columns), or kernel-shap");
        }
        long start = System.nanoTime();
        double[] worth = new Coalitions(model, input, target, groups).worth(all(players));
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
        return Explanation.certain(
                        values,
                        new long[] {players},
                        target,
                        (float) worth[worth.length - 1],
                        (float) worth[0],
                        worth.length,
                        (System.nanoTime() - start) / 1e9)
                .noted(model.whyZero(input));
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

    @Override
    public void replaceBaselines(NativeTensor given) {
        model.replaceBaselines(given);
    }

    @Override
    public void close() {
        model.close();
    }
}
