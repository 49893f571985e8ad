package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Runs training steps. The state lives in native memory, in two sets: a step reads one and writes the other, and they
 * change places. Nothing of it passes through Java arrays.
 */
public final class Stepper implements AutoCloseable {
    private static final int FLOAT = 1;

    private final StepGraph graph;
    private final Model start;
    private final Session session;
    private final long seed;
    private final List<NativeTensor> owned = new ArrayList<>();
    private final Map<String, NativeTensor> random = new LinkedHashMap<>();
    private final NativeTensor hyper;
    private final NativeTensor loss;
    private final NativeTensor correct;
    private final NativeTensor norm;
    private Map<String, NativeTensor> current = new LinkedHashMap<>();
    private Map<String, NativeTensor> next = new LinkedHashMap<>();
    private long step;

    /**
     * What came of a step.
     *
     * @param loss mean over the batch, before the weights changed
     * @param correct images whose most probable class was the target's
     * @param gradientNorm Euclidean norm of the whole gradient, before clipping
     */
    public record Result(float loss, int correct, float gradientNorm) {}

    /**
     * The numbers of one step.
     *
     * @param rate learning rate
     * @param momentum momentum or first beta, NaN for the optimizer's own
     * @param averageDecay how much of the moving average is kept, 0 to 1
     */
    public record Settings(double rate, double momentum, double averageDecay) {}

    /**
     * Starts from a model's own weights, at step 0.
     *
     * @param seed of dropout
     */
    public Stepper(Model start, StepOptions options, SessionOptions sessionOptions, long seed) {
        this.graph = StepGraph.of(start, options);
        this.start = start;
        this.seed = seed;
        this.session = Session.open(OnnxWriter.toBytes(graph.model()), sessionOptions);
        this.hyper = tensor(Hyper.values().length);
        this.loss = tensor();
        this.correct = tensor();
        this.norm = tensor();
        graph.random().forEach((name, dims) -> random.put(name, tensor(dims)));
        graph.state().forEach((name, count) -> {
            current.put(name, tensor(count));
            next.put(name, tensor(count));
        });
        set(StepGraph.WEIGHTS, StepGraph.flatten(start, graph.weights()));
        set(StepGraph.STATISTICS, StepGraph.flatten(start, graph.statistics()));
    }

    private NativeTensor tensor(long... dims) {
        NativeTensor tensor = NativeTensor.allocate(FLOAT, dims);
        owned.add(tensor);
        return tensor;
    }

    /** Sets weights or statistics, and the average of them. */
    private void set(String name, float[] values) {
        for (String key : List.of(name, StepGraph.AVERAGE + name)) {
            if (current.containsKey(key)) {
                vector(key).put(values);
            }
        }
    }

    public StepGraph graph() {
        return graph;
    }

    /** How many steps have been done. */
    public long step() {
        return step;
    }

    /**
     * Does one step.
     *
     * @param images as the model takes them, at the batch size of the options
     * @param targets [N,K], rows summing to 1
     * @throws HoneException if the loss is no finite number any more
     */
    public Result run(NativeTensor images, NativeTensor targets, Settings settings) {
        Result result = compute(images, targets, settings);
        if (!Float.isFinite(result.loss) || !Float.isFinite(result.gradientNorm)) {
            throw new HoneException("training diverged at step " + step + ": the loss is " + result.loss
                    + ", the gradient's norm " + result.gradientNorm + "; use a lower learning rate");
        }
        Map<String, NativeTensor> old = current;
        current = next;
        next = old;
        step++;
        return result;
    }

    /** Does the work of a step and forgets what came of it, to see how long it takes. */
    public void rehearse(NativeTensor images, NativeTensor targets) {
        compute(images, targets, new Settings(0, Double.NaN, 1));
    }

    private Result compute(NativeTensor images, NativeTensor targets, Settings settings) {
        fillHyper(settings);
        fillRandom();
        Map<String, NativeTensor> inputs = new LinkedHashMap<>(current);
        inputs.putAll(random);
        inputs.put(graph.imageInput(), images);
        inputs.put(StepGraph.TARGETS, targets);
        inputs.put(Hyper.INPUT, hyper);
        Map<String, NativeTensor> outputs = new LinkedHashMap<>();
        next.forEach((name, tensor) -> outputs.put(name + StepGraph.NEW, tensor));
        outputs.put(StepGraph.LOSS, loss);
        outputs.put(StepGraph.CORRECT, correct);
        outputs.put(StepGraph.GRADIENT_NORM, norm);
        session.run(inputs, outputs);
        return new Result(loss.scalar(), Math.round(correct.scalar()), norm.scalar());
    }

    private void fillHyper(Settings settings) {
        Optimizer optimizer = graph.options().optimizer();
        double momentum = Double.isNaN(settings.momentum) ? optimizer.momentum() : settings.momentum;
        FloatBuffer values = hyper.buffer().asFloatBuffer();
        values.put(Hyper.RATE.ordinal(), (float) settings.rate);
        values.put(Hyper.MOMENTUM.ordinal(), (float) momentum);
        values.put(Hyper.CORRECTION_1.ordinal(), (float) (1 - Math.pow(momentum, step + 1.0)));
        values.put(Hyper.CORRECTION_2.ordinal(), (float) Math.sqrt(1 - Math.pow(optimizer.beta2(), step + 1.0)));
        values.put(Hyper.AVERAGE_DECAY.ordinal(), (float) settings.averageDecay);
    }

    /** The numbers depend on the seed, the step and the place only, so that a resumed run draws the same ones. */
    private void fillRandom() {
        int place = 0;
        for (NativeTensor tensor : random.values()) {
            SplittableRandom source = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step * 1_000_003L + place++);
            FloatBuffer values = tensor.buffer().asFloatBuffer();
            while (values.hasRemaining()) {
                values.put((float) source.nextDouble());
            }
        }
    }

    // ---- state

    /** Names of the state's vectors. */
    public List<String> stateNames() {
        return List.copyOf(current.keySet());
    }

    /** A view of one of the state's vectors, valid until the next step. */
    public FloatBuffer vector(String name) {
        return current.get(name).buffer().asFloatBuffer();
    }

    /** Goes on from a state that was saved: the caller has filled {@link #vector} for every name. */
    public void resumeAt(long doneSteps) {
        this.step = doneSteps;
    }

    /**
     * The model with the weights and statistics as they are now.
     *
     * @param averaged whether to take the moving averages instead, if they are kept
     */
    public Model snapshot(boolean averaged) {
        return snapshot(copies(averaged));
    }

    /** Copies of weights and statistics, or of the averages of them, under the names of the former. */
    public Map<String, FloatBuffer> copies(boolean averaged) {
        String prefix = averaged && graph.options().averaging() ? StepGraph.AVERAGE : "";
        Map<String, FloatBuffer> copies = new LinkedHashMap<>();
        for (String name : List.of(StepGraph.WEIGHTS, StepGraph.STATISTICS)) {
            if (current.containsKey(name)) {
                FloatBuffer from = vector(prefix + name);
                copies.put(name, FloatBuffer.allocate(from.capacity()).put(from).rewind());
            }
        }
        return copies;
    }

    /** The model with weights and statistics from {@link #copies} made earlier. */
    public Model snapshot(Map<String, FloatBuffer> vectors) {
        Model copy = start.copy();
        assign(copy, graph.weights(), vectors.get(StepGraph.WEIGHTS));
        assign(copy, graph.statistics(), vectors.get(StepGraph.STATISTICS));
        return copy;
    }

    private static void assign(Model to, FlatLayout layout, FloatBuffer vector) {
        Map<String, FlatLayout.Entry> byName = new LinkedHashMap<>();
        layout.entries().forEach(entry -> byName.put(entry.name(), entry));
        for (Value value : to.graph().constants()) {
            FlatLayout.Entry entry = byName.get(value.name());
            if (entry != null) {
                value.setConstant(layout.read(entry, vector));
            }
        }
    }

    /**
     * Compares a model file's bytes with the training graph's own forward pass at inference, fed with the vectors that
     * the model was made from, on a batch of images.
     *
     * @return the largest difference of logits, as a fraction of the largest logit
     */
    public double difference(byte[] exported, Map<String, FloatBuffer> vectors, NativeTensor images) {
        Model open = start.copy();
        FlatModel.open(open, Map.of(StepGraph.WEIGHTS, graph.weights(), StepGraph.STATISTICS, graph.statistics()));
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        try {
            inputs.put(graph.imageInput(), images);
            vectors.forEach((name, values) -> {
                NativeTensor tensor = NativeTensor.allocate(FLOAT, values.capacity());
                tensor.buffer().asFloatBuffer().put(values.duplicate().rewind());
                inputs.put(name, tensor);
            });
            float[] expected = logits(OnnxWriter.toBytes(open), inputs);
            float[] found = logits(exported, Map.of(graph.imageInput(), images));
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                difference = Math.max(difference, Math.abs(expected[i] - found[i]));
            }
            return difference / Math.max(largest, 1e-12);
        } finally {
            inputs.remove(graph.imageInput());
            inputs.values().forEach(NativeTensor::close);
        }
    }

    private static float[] logits(byte[] model, Map<String, NativeTensor> inputs) {
        try (Session session = Session.open(model, SessionOptions.defaults())) {
            String name = session.outputs().get(0).name();
            try (NativeTensor output =
                    session.run(inputs, List.of(name), Map.of()).get(name)) {
                return output.floats();
            }
        }
    }

    @Override
    public void close() {
        session.close();
        owned.forEach(NativeTensor::close);
    }
}
