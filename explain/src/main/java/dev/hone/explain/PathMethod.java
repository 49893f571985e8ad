package dev.hone.explain;

import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.List;

/**
 * Methods that take gradients at points given beforehand, between one baseline and the input: Integrated Gradients
 * (Sundararajan, Taly and Yan 2017), saliency (Simonyan, Vedaldi and Zisserman 2014) and input x gradient (Shrikumar et
 * al. 2016), on the rows of {@link GradientShap}. They sample nothing.
 */
final class PathMethod implements Attributor {
    private final GradientShap rows;
    private final FixedSamples points;
    private final boolean absolute;
    private final boolean additive;

    private PathMethod(GradientShap rows, FixedSamples points, boolean absolute, boolean additive) {
        this.rows = rows;
        this.points = points;
        this.absolute = absolute;
        this.additive = additive;
    }

    /** {@code (x - b) * integral of the gradient from b to x}, b being the mean of the baselines; samples are steps. */
    static PathMethod integratedGradients(Model model, NativeTensor baselines, SamplingOptions options) {
        try (NativeTensor mean = Baselines.mean(baselines)) {
            FixedSamples steps = FixedSamples.gaussLegendre(options.samples());
            return new PathMethod(GradientShap.open(model, mean, options), steps, false, true);
        }
    }

    /** The absolute gradient at the input. */
    static PathMethod saliency(Model model, NativeTensor baselines, SamplingOptions options) {
        try (NativeTensor zero = Baselines.zero(baselines)) {
            GradientShap rows = GradientShap.open(model, zero, false, options);
            return new PathMethod(rows, FixedSamples.atInput(), true, false);
        }
    }

    static PathMethod inputTimesGradient(Model model, NativeTensor baselines, SamplingOptions options) {
        try (NativeTensor zero = Baselines.zero(baselines)) {
            GradientShap rows = GradientShap.open(model, zero, options);
            return new PathMethod(rows, FixedSamples.atInput(), false, false);
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
        groups.checked(input.length);
        return explain(input, targets).stream().map(e -> e.grouped(groups)).toList();
    }

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets) {
        // Of one gradient the way forward is less than what another graph, of several classes, costs.
        List<Explanation> explanations = points.rows() > 1
                ? rows.explain(input, targets, points, Groups.single(input.length))
                : targets.stream()
                        .map(target -> rows.explain(input, target, points))
                        .toList();
        return explanations.stream().map(this::told).toList();
    }

    private Explanation told(Explanation e) {
        float[] values = e.attribution();
        for (int i = 0; absolute && i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        // Input x gradient takes no baselines: the zeros that it is compared with are the formula's.
        String note = !additive && e.note().equals(Explanation.SAME_BASELINES) ? Explanation.ZERO_INPUT : e.note();
        return Explanation.certain(
                        values,
                        shape(),
                        e.target(),
                        e.score(),
                        additive ? e.expected() : Float.NaN,
                        e.samples(),
                        e.samples() / e.gradientsPerSecond())
                .noted(note);
    }

    private long[] shape() {
        return Arrays.copyOfRange(inputDims(), 1, inputDims().length);
    }

    @Override
    public void replaceBaselines(NativeTensor given) {
        if (additive) {
            try (NativeTensor mean = Baselines.mean(given)) {
                rows.replaceBaselines(mean);
            }
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
