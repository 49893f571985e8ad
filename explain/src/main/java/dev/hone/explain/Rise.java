package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * RISE (Petsiuk, Das and Saenko 2018): the mean score of the input seen through random masks, by how much of an element
 * they let through:
 *
 * <pre>attribution = 1 / (N p) * sum over masks of (f(masked input) - mean of f) * (mask - p)</pre>
 *
 * <p>A mask is a grid of 8 x 8 cells, open with p = 0.5, bilinearly enlarged and shifted at random; what it closes shows
 * the mean of the baselines. The means, which the paper leaves in, are taken off: the map then says how much higher the
 * score is where an element is seen, and its error is smaller. Columns of tables and steps of sequences are masked
 * one by one.
 */
final class Rise extends BlackBoxMethod {
    private static final int CELLS = 8;
    private static final double OPEN = 0.5;
    private static final float ROUNDING = 1e-6f;

    private final int masks;
    private final long seed;
    private final int[] places;

    Rise(PerturbationRunner model, SamplingOptions options) {
        super(model);
        this.masks = options.samples();
        this.seed = new SplittableRandom(options.seed()).nextLong();
        this.places = places(model.shape(), model.elements());
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        model.check(input, targets);
        groups.checked(input.length);
        if (masks < 2) {
            throw new GraphException(
                    "rise has 1 mask, expected 2 or more samples: the effect of parts of the input is estimated from"
                            + " how scores differ from mask to mask; take more samples");
        }
        long start = System.nanoTime();
        float[] cover = model.meanBaseline();
        float[][] scores = model.scores(masks, targets, (row, to) -> {
            float[] mask = mask(row);
            for (int i = 0; i < input.length; i++) {
                float open = mask[places[i]];
                to.put(open * input[i] + (1 - open) * cover[i]);
            }
        });
        float[] score = model.scores(input, targets);
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Explanation> explanations = new ArrayList<>();
        for (int k = 0; k < scores.length; k++) {
            MapStatistics.Estimate estimate = estimate(scores[k], groups);
            explanations.add(Explanation.estimated(estimate, targets.get(k), score[k], masks, seconds)
                    .noted(model.whyZero(input)));
        }
        return explanations;
    }

    /** @param scores by mask */
    private MapStatistics.Estimate estimate(float[] scores, Groups groups) {
        double mean = 0;
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            mean += score / (double) masks;
            least = Math.min(least, score);
            most = Math.max(most, score);
        }
        // A score that changes by less than it is rounded does not change: there would be a map of rounding errors.
        boolean constant = most - least <= ROUNDING * Math.max(Math.abs(most), Math.abs(least));
        MapStatistics statistics = new MapStatistics(groups.count());
        float[] values = new float[model.elements()];
        for (int row = 0; row < masks; row++) {
            float[] mask = mask(row);
            float factor = constant ? 0 : (float) ((scores[row] - mean) / OPEN);
            for (int i = 0; i < values.length; i++) {
                // The factors sum to zero: taking p off changes no mean, but the spread is then that of the mean's
                // error.
                values[i] = factor * (mask[places[i]] - (float) OPEN);
            }
            statistics.add(new SampleGroup(0, row, new int[] {row}), groups.sum(values));
        }
        return statistics.estimate();
    }

    /** By element its place in a mask: its pixel, its step of a sequence, its column of a table. */
    private static int[] places(long[] shape, int elements) {
        int plane = shape.length < 3 ? 0 : (int) (shape[shape.length - 2] * shape[shape.length - 1]);
        int each = shape.length == 2 ? (int) shape[1] : 1;
        int[] places = new int[elements];
        for (int i = 0; i < elements; i++) {
            places[i] = plane > 0 ? i % plane : i / each;
        }
        return places;
    }

    /** How much is seen at each place, from 0 to 1. */
    private float[] mask(int row) {
        long[] shape = model.shape();
        // Not in steps of the generator's own increment: a row's numbers would be those of the row before, moved by
        // one.
        SplittableRandom random = new SplittableRandom(seed + row);
        if (shape.length < 3) {
            float[] mask = new float[(int) shape[0]];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = random.nextDouble() < OPEN ? 1 : 0;
            }
            return mask;
        }
        int height = (int) shape[shape.length - 2];
        int width = (int) shape[shape.length - 1];
        float[][] cells = new float[CELLS + 2][CELLS + 2];
        for (float[] line : cells) {
            for (int i = 0; i < line.length; i++) {
                line[i] = random.nextDouble() < OPEN ? 1 : 0;
            }
        }
        double down = random.nextDouble();
        double right = random.nextDouble();
        float[] mask = new float[height * width];
        for (int y = 0; y < height; y++) {
            double v = y * (double) CELLS / height + down;
            int top = (int) v;
            for (int x = 0; x < width; x++) {
                double u = x * (double) CELLS / width + right;
                int left = (int) u;
                mask[y * width + x] = Bilinear.between(cells, top, left, v - top, u - left);
            }
        }
        return mask;
    }
}
