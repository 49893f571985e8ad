package dev.hone.explain;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * SmoothGrad (Smilkov et al. 2017): the mean gradient over inputs with Gaussian noise. On the rows of
 * {@link GradientShap}, all of them at alpha 1 and without the factor (z - b).
 */
final class SmoothGrad implements Attributor {
    /** Of the input's range, as in the paper. */
    private static final float NOISE = 0.15f;

    private final GradientShap rows;
    private final SamplingOptions options;

    private SmoothGrad(GradientShap rows, SamplingOptions options) {
        this.rows = rows;
        this.options = options;
    }

    static SmoothGrad open(Model model, NativeTensor baselines, SamplingOptions options) {
        if (options.error() > 0) {
            throw new GraphException("smooth-grad takes a number of samples, not an error");
        }
        try (NativeTensor zero = Baselines.zero(baselines)) {
            return new SmoothGrad(GradientShap.open(model, zero, false, options), options);
        }
    }

    @Override
    public int classes() {
        return rows.classes();
    }

    @Override
    public long[] inputDims() {
        return rows.inputDims();
    }

    @Override
    public float[] scores(float[] input) {
        return rows.scores(input);
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        return explain(input, List.of(target), groups).get(0);
    }

    @Override
    public Explanation explain(float[] input, int target) {
        return explain(input, List.of(target)).get(0);
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        return rows.explain(input, targets, points(input), groups);
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets) {
        long[] shape = Arrays.copyOfRange(inputDims(), 1, inputDims().length);
        return explain(input, targets, Groups.single(input.length)).stream()
                .map(e -> e.shaped(shape))
                .toList();
    }

    @Override
    public void replaceBaselines(NativeTensor given) {
        // Gradients are taken at the input alone.
    }

    private PathSamples points(float[] input) {
        float deviation = options.noise() > 0 ? options.noise() : NOISE * range(input);
        return new AtInput(PathSamples.seeded(options.seed(), options.samples(), 1, deviation));
    }

    private static float range(float[] input) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : input) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return most > least ? most - least : 1;
    }

    /** The noise of other samples, with every gradient at the noisy input itself. */
    record AtInput(PathSamples of) implements PathSamples {
        @Override
        public int rows() {
            return of.rows();
        }

        @Override
        public int baseline(int row) {
            return 0;
        }

        @Override
        public float alpha(int row) {
            return 1;
        }

        @Override
        public boolean noisy() {
            return of.noisy();
        }

        @Override
        public void noise(int row, FloatBuffer to) {
            of.noise(row, to);
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
