package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs training steps that are cut in two: {@link #gradient} and {@link #update}. Between them the gradient may be averaged
 * over batches or machines, clipped or noised. Left as it is, the weights are bit for bit those of a {@link Stepper}.
 *
 * <p>Machines that start from the same model and apply the same gradients keep the same weights; each should have a seed
 * of its own for its dropout.
 */
public final class CutStepper implements AutoCloseable {
    private final StepLayout layout;
    private final Optimizer optimizer;
    private final Session forward;
    private final Session backward;
    private final TrainingState state;
    private final long seed;
    private final NativeTensors random = new NativeTensors();
    private final NativeTensors hyper = new NativeTensors();
    private final NativeTensors computed = new NativeTensors();
    private final NativeTensors applied = new NativeTensors();
    private final NativeTensors norm = new NativeTensors();
    private long part;

    /**
     * What comes of the first half of a step. The buffers are the caller's own.
     *
     * @param loss of the batch
     * @param metrics what the objective reports beside it
     * @param vector the gradient of the loss by all weights [T], as {@link StepLayout#weights} lays them out; not clipped
     * @param statistics the batch's means and variances [S], as {@link StepLayout#statistics} lays them out; of length 0
     *     where the model has no batch norms that are trained
     */
    public record Gradient(float loss, Map<String, Float> metrics, FloatBuffer vector, FloatBuffer statistics) {}

    /**
     * Starts from a model's own weights, at step 0.
     *
     * @param seed of dropout
     */
    public CutStepper(Model start, StepOptions options, SessionOptions sessionOptions, long seed) {
        StepGraph graph = StepGraph.cut(start, options);
        this.layout = graph.layout();
        this.optimizer = options.optimizer();
        this.seed = seed;
        this.forward = Session.open(OnnxWriter.toBytes(graph.model()), sessionOptions);
        this.backward = Session.open(OnnxWriter.toBytes(graph.update()), sessionOptions);
        this.state = new TrainingState(start, layout);
        hyper.add(Hyper.INPUT, Hyper.values().length);
        layout.random().forEach(random::add);
        computed.addReport(layout.metrics());
        norm.add(StepGraph.GRADIENT_NORM);
        for (NativeTensors tensors : new NativeTensors[] {computed, applied}) {
            tensors.add(StepGraph.GRADIENT, layout.weights().total());
            if (layout.statistics().total() > 0) {
                tensors.add(StepGraph.BATCH_STATISTICS, layout.statistics().total());
            }
        }
    }

    public StepLayout layout() {
        return layout;
    }

    public TrainingState state() {
        return state;
    }

    /**
     * The gradient at the present weights, which stay as they are. Taken several times before an update, each has its own
     * dropout.
     *
     * @param feeds the model's inputs and the objective's targets by name, at the batch size of the options
     */
    public Gradient gradient(Map<String, NativeTensor> feeds) {
        random.fillUniform(seed, state.step(), part++);
        Map<String, NativeTensor> inputs = new LinkedHashMap<>(random.all());
        inputs.put(StepGraph.WEIGHTS, state.current().get(StepGraph.WEIGHTS));
        if (layout.statistics().total() > 0) {
            inputs.put(StepGraph.STATISTICS, state.current().get(StepGraph.STATISTICS));
        }
        inputs.putAll(feeds);
        forward.run(inputs, computed.all());
        return new Gradient(
                computed.scalar(StepGraph.LOSS),
                computed.metrics(layout.metrics()),
                copy(computed.vector(StepGraph.GRADIENT)),
                layout.statistics().total() == 0
                        ? FloatBuffer.allocate(0)
                        : copy(computed.vector(StepGraph.BATCH_STATISTICS)));
    }

    private static FloatBuffer copy(FloatBuffer from) {
        return FloatBuffer.allocate(from.remaining()).put(from).rewind();
    }

    /**
     * Ends a step: clips as the options say, changes weights and statistics, and counts the step.
     *
     * @return the gradient's Euclidean norm, before clipping
     * @throws HoneException if the lengths are not those of the layout, or something is no finite number any more
     */
    public float update(Gradient gradient, Stepper.Settings settings) {
        fill(StepGraph.GRADIENT, gradient.vector(), layout.weights().total());
        if (layout.statistics().total() > 0) {
            fill(
                    StepGraph.BATCH_STATISTICS,
                    gradient.statistics(),
                    layout.statistics().total());
        }
        Hyper.fill(hyper.vector(Hyper.INPUT), settings, optimizer, state.step());
        Map<String, NativeTensor> inputs = new LinkedHashMap<>(state.current());
        inputs.putAll(hyper.all());
        inputs.putAll(applied.all());
        Map<String, NativeTensor> outputs = state.outputs();
        outputs.putAll(norm.all());
        backward.run(inputs, outputs);
        float length = norm.scalar(StepGraph.GRADIENT_NORM);
        Stepper.requireFinite(state.step(), gradient.loss(), length);
        state.advance();
        part = 0;
        return length;
    }

    private void fill(String name, FloatBuffer from, long length) {
        if (from.remaining() != length) {
            throw new HoneException(
                    name + " has " + from.remaining() + " numbers, expected " + length + " as the layout says");
        }
        applied.vector(name).put(from.duplicate());
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
        state.close();
        random.close();
        hyper.close();
        computed.close();
        applied.close();
        norm.close();
    }
}
