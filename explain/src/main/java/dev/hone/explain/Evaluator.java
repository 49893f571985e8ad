package dev.hone.explain;

import dev.hone.graph.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.Device;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A model's scores for many changed copies of one input, for methods that take no gradients: batches side by side, one
 * thread each. What a row is does not depend on threads, nor does its score.
 */
final class Evaluator implements AutoCloseable {
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
    private final ExecutorService threads;
    private float[] baselines;
    private int baselineCount;

    /** Writes one row's elements. Called by several threads at a time. */
    interface Rows {
        void write(int row, FloatBuffer to);
    }

    /** @param baselines [R,...], which also tells the input's size */
    Evaluator(Model model, NativeTensor baselines, ExplainOptions options) {
        Model prepared = AttributionGraph.prepare(model, options.logits(), GradientShap.checkedDims(baselines));
        boolean cpu = options.session().device().kind() == Device.Kind.CPU;
        SessionOptions single = cpu ? options.session().withThreads(1) : options.session();
        this.inputDims = baselines.dims();
        inputDims[0] = 1;
        this.elements = Math.toIntExact(Arrays.stream(inputDims).reduce(1, Math::multiplyExact));
        this.classes = Scores.of(prepared, options.logits()).classes();
        int given = AttributionGraph.fixedBatch(prepared);
        this.fixed = given > 0;
        int several = Math.max(1, Math.min(MOST_ROWS, BATCH_ELEMENTS / elements));
        this.batch = fixed ? given : sharesRanges(prepared) ? 1 : several;
        this.session = Session.open(OnnxWriter.toBytes(prepared), single);
        this.inputName = session.inputs().get(0).name();
        this.threads = Executors.newFixedThreadPool(cpu ? options.session().threads() : 1, task -> {
            Thread thread = new Thread(task, "explain");
            thread.setDaemon(true);
            return thread;
        });
        replaceBaselines(baselines);
    }

    /** Dynamic quantization takes one range from all rows of a batch, so that a row's score depends on those beside it. */
    private static boolean sharesRanges(Model model) {
        return model.graph().nodes().stream().anyMatch(node -> node.op().equals("DynamicQuantizeLinear"));
    }

    void replaceBaselines(NativeTensor given) {
        long[] dims = given.dims();
        dims[0] = 1;
        if (given.type() != FLOAT || !Arrays.equals(dims, inputDims)) {
            throw new GraphException("the baselines are " + given + ", expected floats of "
                    + AttributionGraph.describe(inputDims) + " each");
        }
        Finite.baselines(given);
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

    void check(float[] input, int target) {
        check(inputDims, classes, input, target);
    }

    static void check(long[] inputDims, int classes, float[] input, int target) {
        long elements = Arrays.stream(inputDims).reduce(1, Math::multiplyExact);
        if (input.length != elements) {
            throw new GraphException("the input has " + input.length + " elements, expected "
                    + AttributionGraph.describe(inputDims) + " = " + elements);
        }
        Finite.values(input, "the input");
        if (target < 0 || target >= classes) {
            throw new GraphException("class " + target + " is asked for, the model has classes 0 to " + (classes - 1));
        }
    }

    float[] scores(float[] input) {
        check(input, 0);
        long[] dims = inputDims.clone();
        dims[0] = fixed ? batch : 1;
        try (NativeTensor row = NativeTensor.allocate(FLOAT, dims)) {
            row.buffer().asFloatBuffer().put(input);
            try (NativeTensor output =
                    session.run(Map.of(inputName, row)).values().iterator().next()) {
                return Finite.scores(Arrays.copyOf(output.floats(), classes), "the input");
            }
        }
    }

    float score(float[] input, int target) {
        return scores(1, target, (row, to) -> to.put(input))[0];
    }

    /** By row, the score of the target. */
    float[] scores(int rows, int target, Rows writer) {
        float[] scores = new float[rows];
        List<Future<?>> running = new ArrayList<>();
        for (int first = 0; first < rows; first += batch) {
            int from = first;
            running.add(threads.submit(() -> run(from, Math.min(batch, rows - from), target, writer, scores)));
        }
        RuntimeException failure = null;
        for (Future<?> part : running) {
            try {
                part.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                running.forEach(other -> other.cancel(false));
                throw new IllegalStateException("interrupted while explaining", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return scores;
    }

    /** Where the model takes a fixed number of rows, those that are left over stay zero. */
    private void run(int first, int count, int target, Rows writer, float[] scores) {
        long[] dims = inputDims.clone();
        dims[0] = fixed ? batch : count;
        try (NativeTensor input = NativeTensor.allocate(FLOAT, dims)) {
            FloatBuffer values = input.buffer().asFloatBuffer();
            for (int i = 0; i < count; i++) {
                writer.write(first + i, values.slice(i * elements, elements));
            }
            try (NativeTensor output =
                    session.run(Map.of(inputName, input)).values().iterator().next()) {
                FloatBuffer found = output.buffer().asFloatBuffer();
                for (int i = 0; i < count; i++) {
                    scores[first + i] =
                            Finite.score(found.get(i * classes + target), target, "the input or a changed copy of it");
                }
            }
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        session.close();
    }
}
