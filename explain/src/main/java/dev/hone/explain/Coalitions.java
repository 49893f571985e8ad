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

    private final PerturbationRunner model;
    private final float[] input;
    private final List<Integer> targets;
    private final Groups players;

    Coalitions(PerturbationRunner model, float[] input, List<Integer> targets, Groups players) {
        this.model = model;
        this.input = input;
        this.targets = targets;
        this.players = players;
    }

    /** By target and coalition. */
    double[][] worth(List<BitSet> coalitions) {
        int each = model.baselineCount();
        int step = Math.max(1, MOST_ROWS / each);
        double[][] worth = new double[targets.size()][coalitions.size()];
        for (int first = 0; first < coalitions.size(); first += step) {
            List<BitSet> part = coalitions.subList(first, Math.min(coalitions.size(), first + step));
            float[][] scores = model.scores(part.size() * each, targets, (row, to) -> {
                BitSet coalition = part.get(row / each);
                for (int i = 0; i < input.length; i++) {
                    to.put(coalition.get(players.of(i)) ? input[i] : model.baseline(row % each, i));
                }
            });
            for (int k = 0; k < worth.length; k++) {
                for (int row = 0; row < scores[k].length; row++) {
                    worth[k][first + row / each] += scores[k][row] / (double) each;
                }
            }
        }
        return worth;
    }

    /** By target, that of nobody and of all. */
    double[][] ends() {
        BitSet all = new BitSet();
        all.set(0, players.count());
        return worth(Arrays.asList(new BitSet(), all));
    }
}
