package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A model's scores for many changed copies of one input, for methods that take no gradients: batches side by side, one
 * thread each. What a row is does not depend on threads, nor does its score.
 */
final class PerturbationRunner implements AutoCloseable {
    private static final int FLOAT = ElementType.FLOAT.onnx();
    /** Elements of a batch: small inputs go many at a time, an image alone fills a core's cache. */
    private static final int BATCH_ELEMENTS = 1 << 15;

    private static final int MOST_ROWS = 512;

    private final Session session;
    private final String inputName;
    private final long[] inputDims;
    private final int elements;
    private final int classes;
    private final int batch;
    private final boolean fixed;
    private final Workers workers;
    private float[] baselines;
    private int baselineCount;

    /** Writes or reads one row of a batch. Called by several threads at a time. */
    interface Rows {
        void of(int row, FloatBuffer values);
    }

    /** @param baselines [R,...], which also gives the input's size */
    PerturbationRunner(Model model, NativeTensor baselines, SamplingOptions options) {
        Model prepared = AttributionGraph.prepare(model, options.logits(), GradientShap.checkedDims(baselines));
        this.inputDims = baselines.dims();
        inputDims[0] = 1;
        this.elements = Math.toIntExact(Arrays.stream(inputDims).reduce(1, Math::multiplyExact));
        this.classes = ExplainedOutput.of(prepared, options.logits()).classes();
        int given = AttributionGraph.fixedBatch(prepared);
        this.fixed = given > 0;
        int several = Math.max(1, Math.min(MOST_ROWS, BATCH_ELEMENTS / elements));
        this.batch = fixed ? given : several;
        replaceBaselines(baselines);
        this.workers = new Workers(options.session());
        this.session = Session.open(OnnxWriter.toBytes(prepared), workers.single());
        this.inputName = session.inputs().get(0).name();
    }

    void replaceBaselines(NativeTensor given) {
        Baselines.check(given, inputDims);
        baselines = given.floats();
        baselineCount = (int) given.dims()[0];
    }

    int classes() {
        return classes;
    }

    int elements() {
        return elements;
    }

    long[] inputDims() {
        return inputDims.clone();
    }

    /** One row of the input, such as [C,H,W]. */
    long[] shape() {
        return Arrays.copyOfRange(inputDims, 1, inputDims.length);
    }

    int baselineCount() {
        return baselineCount;
    }

    float baseline(int index, int element) {
        return baselines[index * elements + element];
    }

    float[] meanBaseline() {
        return Baselines.mean(baselines, baselineCount);
    }

    /** The note of an explanation that is zero. */
    String whyZero(float[] input) {
        return Baselines.equal(baselines, input) ? Explanation.SAME_BASELINES : Explanation.NO_CHANGE;
    }

    void check(float[] input, List<Integer> targets) {
        targets.forEach(target -> check(inputDims, classes, input, target));
    }

    static void check(long[] inputDims, int classes, float[] input, int target) {
        long elements = Arrays.stream(inputDims).reduce(1, Math::multiplyExact);
        if (input.length != elements) {
            throw new GraphException("the input has " + input.length + " elements, expected "
                    + AttributionGraph.describe(inputDims) + " = " + elements);
        }
        FiniteChecks.values(input, "the input");
        if (target < 0 || target >= classes) {
            throw new GraphException("class " + target + " is asked for, the model has classes 0 to " + (classes - 1));
        }
    }

    float[] scores(float[] input) {
        check(inputDims, classes, input, 0);
        float[] scores = new float[classes];
        run(0, 1, (row, to) -> to.put(input), (row, found) -> found.get(0, scores));
        return FiniteChecks.scores(scores, "the input");
    }

    /** By target. */
    float[] scores(float[] input, List<Integer> targets) {
        float[][] scores = scores(1, targets, (row, to) -> to.put(input));
        float[] of = new float[scores.length];
        for (int k = 0; k < of.length; k++) {
            of[k] = scores[k][0];
        }
        return of;
    }

    /** By target and row, scores, all of them from the same runs. */
    float[][] scores(int rows, List<Integer> targets, Rows writer) {
        float[][] scores = new float[targets.size()][rows];
        Rows reader = (row, found) -> {
            for (int k = 0; k < scores.length; k++) {
                int target = targets.get(k);
                scores[k][row] = FiniteChecks.score(found.get(target), target, "the input or a changed copy of it");
            }
        };
        workers.forEach(
                (rows + batch - 1) / batch, k -> run(k * batch, Math.min(batch, rows - k * batch), writer, reader));
        return scores;
    }

    /**
     * Runs rows of one batch. Where the model takes a fixed number of rows, those that are left over repeat the last.
     *
     * @param writer puts in a row's elements
     * @param reader takes out a row's scores, by class
     */
    private void run(int first, int count, Rows writer, Rows reader) {
        long[] dims = inputDims.clone();
        dims[0] = fixed ? batch : count;
        try (NativeTensor input = NativeTensor.allocate(FLOAT, dims)) {
            FloatBuffer values = input.buffer().asFloatBuffer();
            for (int i = 0; i < count; i++) {
                writer.of(first + i, values.slice(i * elements, elements));
            }
            input.repeatLast(count);
            try (NativeTensor output =
                    session.run(Map.of(inputName, input)).values().iterator().next()) {
                FloatBuffer found = output.buffer().asFloatBuffer();
                for (int i = 0; i < count; i++) {
                    reader.of(first + i, found.slice(i * classes, classes));
                }
            }
        }
    }

    @Override
    public void close() {
        workers.close();
        session.close();
    }
}
