package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * GradientSHAP (Lundberg and Lee 2017; Erion et al. 2021, "expected gradients") of a model with one float input: images
 * [N,C,H,W], tables [N,features], sequences [N,steps,features].
 *
 * <pre>attribution = mean over rows of (z - b) * d f_target(p) / dp,   p = b + alpha (z - b),   z = image + noise</pre>
 *
 * <p>with a baseline b and an alpha sampled per row; the semantics are those of Captum's {@code GradientShap}. The
 * gradients are computed by ONNX graphs ({@link AttributionGraph}), each adding to a sum, so that memory does not grow
 * with the number of samples. On a processor as many runs work side by side as the options give threads, each by one
 * thread: a row's values then stay in its core's cache. The sums are taken in one order, so that the answer is the
 * same with any number of threads. The scores of the baselines are computed once, when it is opened. Not for use by
 * several threads at a time.
 */
public final class GradientShap implements Attributor {
    private static final int FLOAT = ElementType.FLOAT.onnx();
    private static final int MOST_TARGETS = 8;

    private final SamplingOptions options;
    private final boolean times;
    private final boolean sumsKnown;
    private final Model prepared;
    private final Session scorer;
    private final long[] inputDims;
    private final int classes;
    private NativeTensor baselines;
    private float[][] baselineScores;
    private final NativeResources owned = new NativeResources();
    private final GradientRunner runner;

    private GradientShap(Model prepared, long[] dims, boolean times, SamplingOptions options) {
        this.options = options;
        this.times = times;
        this.prepared = prepared;
        this.sumsKnown = times && !Discontinuities.in(prepared.graph());
        this.classes = ExplainedOutput.of(prepared, options.logits()).classes();
        this.inputDims = dims.clone();
        inputDims[0] = 1;
        this.runner = owned.add(new GradientRunner(prepared, inputDims, times, options));
        try {
            this.scorer = owned.add(
                    Session.open(OnnxWriter.toBytes(prepared), runner.workers().single()));
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /**
     * @param classifier one input, floats [N,...]; its output {@code probabilities} [N,classes], else
     *     its first, are scores or probabilities; stays as it is
     * @param baselines what an image is compared with, [R,...]; copied
     * @throws GraphException if the model has another form, the baselines have another size, or an operator has no
     *     gradient
     */
    public static GradientShap open(Model classifier, NativeTensor baselines, SamplingOptions options) {
        return open(classifier, baselines, true, options);
    }

    /** @param times whether gradients are multiplied by the difference of image and baseline */
    static GradientShap open(Model classifier, NativeTensor baselines, boolean times, SamplingOptions options) {
        long[] dims = checkedDims(baselines);
        Model prepared = AttributionGraph.prepare(classifier, options.logits(), dims);
        GradientShap shap = new GradientShap(prepared, dims, times, options);
        try {
            shap.replaceBaselines(baselines);
        } catch (RuntimeException e) {
            shap.close();
            throw e;
        }
        return shap;
    }

    static long[] checkedDims(NativeTensor baselines) {
        long[] dims = baselines.dims();
        if (dims.length < 2 || dims[0] < 1 || baselines.type() != FLOAT) {
            throw new GraphException("the baselines are " + baselines
                    + ", expected floats [R,...] with R of 1 or more, such as [R,C,H,W] for images");
        }
        return dims;
    }

    /**
     * Compares with these from now on.
     *
     * @param given [R,...], each as large as those before; copied
     * @throws GraphException if they have another size
     */
    @Override
    public void replaceBaselines(NativeTensor given) {
        Baselines.check(given, inputDims);
        float[][] scores = new float[(int) given.dims()[0]][];
        FloatBuffer values = given.buffer().asFloatBuffer();
        for (int r = 0; r < scores.length; r++) {
            scores[r] = scores(values.slice(r * elements(), elements()));
        }
        NativeTensor copy = NativeTensor.allocate(FLOAT, given.dims());
        copy.buffer().put(given.buffer().duplicate());
        runner.compareWith(copy);
        if (baselines != null) {
            baselines.close();
        }
        baselines = copy;
        baselineScores = scores;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] inputDims() {
        return inputDims.clone();
    }

    /** Explains the class of the highest score. @param image one row of the input, such as [C,H,W], as the model expects it */
    public Explanation explain(float[] image) {
        return explain(image, predicted(image));
    }

    @Override
    public float[] scores(float[] image) {
        return FiniteChecks.scores(scores(FloatBuffer.wrap(checked(image))), "the input");
    }

    @Override
    public Explanation explain(float[] image, int target) {
        return explain(image, List.of(target)).get(0);
    }

    @Override
    public Explanation explain(float[] image, int target, Groups groups) {
        return explain(image, List.of(target), groups).get(0);
    }

    @Override
    public List<Explanation> explain(float[] image, List<Integer> targets) {
        return explain(image, targets, Groups.single(elements())).stream()
                .map(e -> e.shaped(shape()))
                .toList();
    }

    /**
     * With as many samples as the options say, or as the error of the worst of the classes takes. The classes of a pass, up
     * to 8, share the way forward of each sample.
     */
    @Override
    public List<Explanation> explain(float[] image, List<Integer> targets, Groups groups) {
        checked(image);
        targets.forEach(this::checkTarget);
        return passes(targets, part -> pass(image, part, groups));
    }

    private static List<Explanation> passes(List<Integer> targets, Function<List<Integer>, List<Explanation>> pass) {
        List<Explanation> explanations = new ArrayList<>();
        for (int first = 0; first < targets.size(); first += MOST_TARGETS) {
            explanations.addAll(pass.apply(targets.subList(first, Math.min(targets.size(), first + MOST_TARGETS))));
        }
        return explanations;
    }

    private List<Explanation> pass(float[] image, List<Integer> targets, Groups groups) {
        int baselines = baselineScores.length;
        if (options.error() == 0) {
            PathSamples points = PathSamples.seeded(options.seed(), options.samples(), baselines, options.noise());
            return explain(image, targets, points, groups, true);
        }
        long start = System.nanoTime();
        SampleSize size = new SampleSize(options.error(), options.samples(), baselines);
        List<Sampled> sampled = sampled(image, targets);
        for (int rows = size.first(), taken = 0; rows > 0; ) {
            // Each round is sampled anew, so that rounds are independent and their errors add up.
            PathSamples points = PathSamples.seeded(options.seed() + 31L * taken, rows, baselines, options.noise());
            run(image, sampled, points, groups, true);
            taken += rows;
            rows = 0;
            for (Sampled one : sampled) {
                rows = Math.max(rows, size.next(one.estimate));
            }
        }
        return explanations(image, sampled, start);
    }

    /** The same with everything that is random given, and nothing but the mean over it. */
    public Explanation explain(float[] image, int target, PathSamples points) {
        return explain(image, target, points, Groups.single(elements())).shaped(shape());
    }

    Explanation explain(float[] image, int target, PathSamples points, Groups groups) {
        return explain(image, List.of(target), points, groups).get(0);
    }

    List<Explanation> explain(float[] image, List<Integer> targets, PathSamples points, Groups groups) {
        return passes(targets, part -> explain(image, part, points, groups, false));
    }

    private List<Explanation> explain(
            float[] image, List<Integer> targets, PathSamples points, Groups groups, boolean controlled) {
        checked(image);
        targets.forEach(this::checkTarget);
        for (int row = 0; row < points.rows(); row++) {
            if (points.baseline(row) < 0 || points.baseline(row) >= baselineScores.length) {
                throw new GraphException("row " + row + " has baseline " + points.baseline(row) + ", there are "
                        + baselineScores.length);
            }
        }
        long start = System.nanoTime();
        List<Sampled> sampled = sampled(image, targets);
        run(image, sampled, points, groups, controlled);
        return explanations(image, sampled, start);
    }

    /** What is known of a class so far. */
    private static final class Sampled {
        final int target;
        final float score;
        MapStatistics.Estimate estimate;
        float[] deltas = {};

        Sampled(int target, float score) {
            this.target = target;
            this.score = score;
        }
    }

    private List<Sampled> sampled(float[] image, List<Integer> targets) {
        float[] scores = scores(FloatBuffer.wrap(image));
        List<Sampled> sampled = new ArrayList<>();
        for (int target : targets) {
            for (int r = 0; r < baselineScores.length; r++) {
                FiniteChecks.score(baselineScores[r][target], target, "baseline " + r);
            }
            sampled.add(new Sampled(target, FiniteChecks.score(scores[target], target, "the input")));
        }
        return sampled;
    }

    /**
     * A round of samples, whose estimate is joined with those before.
     *
     * @param controlled whether that attributions sum to the difference of scores lessens their error
     */
    private void run(float[] image, List<Sampled> sampled, PathSamples points, Groups groups, boolean controlled) {
        int[] targets = sampled.stream().mapToInt(s -> s.target).toArray();
        float[][] noisyScores = points.noisy() && times ? noisyScores(image, targets, points) : null;
        GradientRunner.Differences differences = (k, row) -> {
            Sampled of = sampled.get(k);
            float atRow = noisyScores == null ? of.score : noisyScores[k][row];
            return atRow - baselineScores[points.baseline(row)][of.target];
        };
        List<GradientRunner.Result> round = runner.run(
                image, targets, points, groups.checked(elements()), controlled && sumsKnown ? differences : null);
        for (int k = 0; k < targets.length; k++) {
            Sampled of = sampled.get(k);
            MapStatistics.Estimate found = round.get(k).attribution();
            FiniteChecks.gradient(found.mean(), of.target);
            of.estimate = of.estimate == null ? found : of.estimate.and(found);
            int before = of.deltas.length;
            of.deltas = Arrays.copyOf(of.deltas, before + points.rows());
            for (int row = 0; row < points.rows() && times; row++) {
                of.deltas[before + row] =
                        (float) (round.get(k).rowSums()[row] / points.weight(row) - differences.of(k, row));
            }
        }
    }

    private void checkTarget(int target) {
        if (target < 0 || target >= classes) {
            throw new GraphException("class " + target + " is asked for, the model has classes 0 to " + (classes - 1));
        }
    }

    /** By target and row. */
    private float[][] noisyScores(float[] image, int[] targets, PathSamples points) {
        float[][] noisyScores = new float[targets.length][points.rows()];
        runner.workers().forEach(points.rows(), row -> {
            float[] noisy = new float[image.length];
            GradientRunner.addNoise(points, row, FloatBuffer.wrap(image), FloatBuffer.wrap(noisy));
            float[] scores = scores(FloatBuffer.wrap(noisy));
            for (int k = 0; k < targets.length; k++) {
                noisyScores[k][row] =
                        FiniteChecks.score(scores[targets[k]], targets[k], "the input with the noise of sample " + row);
            }
        });
        return noisyScores;
    }

    private List<Explanation> explanations(float[] image, List<Sampled> sampled, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        return sampled.stream().map(of -> explanation(image, of, seconds)).toList();
    }

    private Explanation explanation(float[] image, Sampled of, double seconds) {
        MapStatistics.Estimate estimate = of.estimate;
        double expected = 0;
        for (float[] scores : baselineScores) {
            expected += scores[of.target] / (double) baselineScores.length;
        }
        double total = 0;
        float[] attribution = new float[estimate.mean().length];
        float[] standardError = new float[estimate.mean().length];
        for (int i = 0; i < attribution.length; i++) {
            attribution[i] = (float) estimate.mean()[i];
            standardError[i] = (float) Math.sqrt(estimate.variance()[i]);
            total += attribution[i];
        }
        Explanation explanation = new Explanation(
                attribution,
                standardError,
                estimate.relativeError(),
                estimate.degreesOfFreedom(),
                new long[] {attribution.length},
                of.target,
                of.score,
                times ? (float) expected : Float.NaN,
                times ? Explanation.additivityError(total, of.score, expected) : Double.NaN,
                times ? of.deltas : new float[0],
                of.deltas.length,
                of.deltas.length / seconds,
                "");
        boolean same = times && Baselines.equal(baselines.floats(), image);
        return explanation.noted(same ? Explanation.SAME_BASELINES : Explanation.NO_GRADIENT);
    }

    private long[] shape() {
        return Arrays.copyOfRange(inputDims, 1, inputDims.length);
    }

    private int elements() {
        return Math.toIntExact(Arrays.stream(inputDims).reduce(1, Math::multiplyExact));
    }

    private float[] checked(float[] image) {
        if (image.length != elements()) {
            throw new GraphException("the image has " + image.length + " elements, expected "
                    + AttributionGraph.describe(inputDims) + " = " + elements());
        }
        FiniteChecks.values(image, "the input");
        return image;
    }

    /** The scores of one image. Where the model's batch is fixed, the rest of it repeats the image. */
    private float[] scores(FloatBuffer image) {
        long[] dims = inputDims.clone();
        dims[0] = Math.max(1, AttributionGraph.fixedBatch(prepared));
        try (NativeTensor input = NativeTensor.allocate(FLOAT, dims)) {
            input.buffer().asFloatBuffer().put(image);
            input.repeatLast(1);
            Map<String, NativeTensor> outputs =
                    scorer.run(Map.of(scorer.inputs().get(0).name(), input));
            try (NativeTensor output = outputs.values().iterator().next()) {
                return Arrays.copyOf(output.floats(), classes);
            }
        }
    }

    @Override
    public void close() {
        if (baselines != null) {
            baselines.close();
        }
        owned.close();
    }
}
