package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * KernelSHAP (Lundberg and Lee 2017): Shapley values of the game of {@link Coalitions} by least squares over coalitions
 * sampled with the Shapley kernel's weight, {@code p(size) ~ (M - 1) / (size (M - size))}, each together with its complement
 * (Covert and Lee 2021). The values sum to the difference of scores exactly.
 * Where there are no more coalitions than samples, all of them are taken.
 */
final class KernelShap extends BlackBoxMethod {
    private final SamplingOptions options;

    KernelShap(PerturbationRunner model, SamplingOptions options) {
        super(model);
        this.options = options;
    }

    /** Samples are coalitions, the complements counted. */
    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        model.check(input, targets);
        int players = groups.checked(input.length).count();
        if (ExactShapley.coalitions(players) <= options.samples()) {
            return new ExactShapley(model).explain(input, targets, groups);
        }
        long start = System.nanoTime();
        Coalitions game = new Coalitions(model, input, targets, groups);
        int pairs = options.samples() / 2;
        if (pairs < 2L * players) {
            throw new GraphException("kernel-shap has " + options.samples() + " samples for " + players
                    + " players, expected at least " + 4L * players + "; take more samples or larger groups");
        }
        List<BitSet> coalitions = draw(players, pairs);
        double[][] ends = game.ends();
        double[][] worth = game.worth(coalitions);
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Explanation> explanations = new ArrayList<>();
        for (int k = 0; k < worth.length; k++) {
            explanations.add(explanation(coalitions, worth[k], ends[k], players, targets.get(k), seconds)
                    .noted(model.whyZero(input)));
        }
        return explanations;
    }

    /**
     * @param worth by coalition
     * @param ends the worth of nobody and of all
     */
    private static Explanation explanation(
            List<BitSet> coalitions, double[] worth, double[] ends, int players, int target, double seconds) {
        ShapleyRegression regression = new ShapleyRegression(players, ends[1] - ends[0]);
        for (int i = 0; i < worth.length; i++) {
            regression.add(coalitions.get(i), worth[i] - ends[0]);
        }
        ShapleyRegression.Values values = regression.solve();
        double squares = 0;
        double error = 0;
        double total = 0;
        float[] attribution = new float[players];
        float[] standardError = new float[players];
        for (int p = 0; p < players; p++) {
            attribution[p] = (float) values.mean()[p];
            standardError[p] = (float) Math.sqrt(values.variance()[p]);
            squares += values.mean()[p] * values.mean()[p];
            error += values.variance()[p];
            total += attribution[p];
        }
        int runs = worth.length + 2;
        return new Explanation(
                attribution,
                standardError,
                MapStatistics.relative(error, squares),
                values.degreesOfFreedom(),
                new long[] {players},
                target,
                (float) ends[1],
                (float) ends[0],
                Explanation.additivityError(total, ends[1], ends[0]),
                new float[0],
                runs,
                runs / seconds,
                "");
    }

    /** Pairs of a coalition and its complement, one after the other. */
    List<BitSet> draw(int players, int pairs) {
        double[] upTo = new double[players];
        for (int size = 1; size < players; size++) {
            upTo[size] = upTo[size - 1] + 1.0 / size / (players - size);
        }
        SplittableRandom random = new SplittableRandom(options.seed());
        int[] order = new int[players];
        for (int p = 0; p < players; p++) {
            order[p] = p;
        }
        List<BitSet> coalitions = new ArrayList<>(2 * pairs);
        for (int pair = 0; pair < pairs; pair++) {
            // Systematic in the size: sizes come up in proportion to their weight.
            double at = (pair + random.nextDouble()) / pairs * upTo[players - 1];
            int size = 1;
            while (size < players - 1 && upTo[size] < at) {
                size++;
            }
            BitSet coalition = new BitSet(players);
            for (int i = 0; i < size; i++) {
                int j = i + random.nextInt(players - i);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
                coalition.set(order[i]);
            }
            BitSet complement = (BitSet) coalition.clone();
            complement.flip(0, players);
            coalitions.add(coalition);
            coalitions.add(complement);
        }
        return coalitions;
    }
}
