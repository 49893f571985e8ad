package dev.hone.explain;

import dev.hone.runtime.NativeTensor;
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
final class Rise implements Attributor {
    private static final int CELLS = 8;
    private static final double OPEN = 0.5;
    private static final float ROUNDING = 1e-6f;

    private final Evaluator model;
    private final int masks;
    private final long seed;

    Rise(Evaluator model, ExplainOptions options) {
        this.model = model;
        this.masks = options.samples();
        this.seed = new SplittableRandom(options.seed()).nextLong();
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
        return explain(input, target, Groups.single(model.elements())).shaped(model.shape());
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        model.check(input, target);
        groups.checked(input.length);
        long start = System.nanoTime();
        float[] cover = model.meanBaseline();
        float[] scores = model.scores(masks, target, (row, to) -> {
            float[] mask = mask(row);
            for (int i = 0; i < input.length; i++) {
                float open = mask[place(i)];
                to.put(open * input[i] + (1 - open) * cover[i]);
            }
        });
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
        float[] values = new float[input.length];
        for (int row = 0; row < masks; row++) {
            float[] mask = mask(row);
            float factor = constant ? 0 : (float) ((scores[row] - mean) / OPEN);
            for (int i = 0; i < values.length; i++) {
                // The factors sum to zero: taking p off changes no mean, but the spread is then that of the mean's
                // error.
                values[i] = factor * (mask[place(i)] - (float) OPEN);
            }
            statistics.add(new RowGroup(0, row, new int[] {row}), groups.sum(values));
        }
        MapStatistics.Estimate estimate = statistics.estimate();
        float score = model.score(input, target);
        double seconds = (System.nanoTime() - start) / 1e9;
        return Explanation.estimated(estimate, target, score, masks, seconds).noted(model.whyZero(input));
    }

    /** The place of an element in a mask: its pixel, its step of a sequence, its column of a table. */
    private int place(int element) {
        long[] shape = model.shape();
        return switch (shape.length) {
            case 1 -> element;
            case 2 -> element / (int) shape[1];
            default -> element % (int) (shape[shape.length - 2] * shape[shape.length - 1]);
        };
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

    @Override
    public void replaceBaselines(NativeTensor given) {
        model.replaceBaselines(given);
    }

    @Override
    public void close() {
        model.close();
    }
}
