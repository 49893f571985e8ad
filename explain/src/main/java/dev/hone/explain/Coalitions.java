package dev.hone.explain;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The game that Shapley values divide the gains of: the players are groups of an input's elements, and the worth of a
 * coalition is the mean score, over the baselines, of the input with the elements of all other players taken from a
 * baseline.
 */
final class Coalitions {
    /** Rows evaluated at a time, so that memory stays small. */
    private static final int MOST_ROWS = 1 << 16;

    private final Evaluator model;
    private final float[] input;
    private final int target;
    private final Groups players;

    Coalitions(Evaluator model, float[] input, int target, Groups players) {
        this.model = model;
        this.input = input;
        this.target = target;
        this.players = players;
    }

    double[] worth(List<BitSet> coalitions) {
        int each = model.baselineCount();
        int step = Math.max(1, MOST_ROWS / each);
        double[] worth = new double[coalitions.size()];
        for (int first = 0; first < worth.length; first += step) {
            List<BitSet> part = coalitions.subList(first, Math.min(worth.length, first + step));
            float[] scores = model.scores(part.size() * each, target, (row, to) -> {
                BitSet coalition = part.get(row / each);
                for (int i = 0; i < input.length; i++) {
                    to.put(coalition.get(players.of(i)) ? input[i] : model.baseline(row % each, i));
                }
            });
            for (int row = 0; row < scores.length; row++) {
                worth[first + row / each] += scores[row] / (double) each;
            }
        }
        return worth;
    }

    /** That of nobody and of all. */
    double[] ends() {
        BitSet all = new BitSet();
        all.set(0, players.count());
        return worth(Arrays.asList(new BitSet(), all));
    }
}
