package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs training steps, each as one run of one graph. See {@link CutStepper} for steps in two. */
public final class Stepper implements AutoCloseable {
    private final Model start;
    private final SessionOptions sessionOptions;
    private final StepLayout layout;
    private final TrainingState state;
    private final long seed;
    private final NativeTensors random = new NativeTensors();
    private final NativeTensors hyper = new NativeTensors();
    private final NativeTensors results = new NativeTensors();
    private StepOptions options;
    private Session session;

    /**
     * The result of a step.
     *
     * @param loss of the batch, before the weights changed
     * @param metrics what the objective reports beside it, means over the batch
     * @param gradientNorm Euclidean norm of the whole gradient, before clipping
     */
    public record Result(float loss, Map<String, Float> metrics, float gradientNorm) {}

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
        StepGraph graph = StepGraph.fused(start, options);
        this.start = start;
        this.options = options;
        this.sessionOptions = sessionOptions;
        this.layout = graph.layout();
        this.seed = seed;
        this.session = Session.open(OnnxWriter.toBytes(graph.model()), sessionOptions);
        this.state = new TrainingState(start, layout);
        hyper.add(Hyper.INPUT, Hyper.values().length);
        layout.random().forEach(random::add);
        results.addReport(layout.metrics());
        results.add(StepGraph.GRADIENT_NORM);
    }

    public StepLayout layout() {
        return layout;
    }

    public TrainingState state() {
        return state;
    }

    /**
     * Does one step.
     *
     * @param feeds the model's inputs and the objective's targets by name, at the batch size of the options
     * @throws HoneException if the loss is no finite number any more
     */
    public Result run(Map<String, NativeTensor> feeds, Settings settings) {
        Result result = compute(feeds, settings);
        requireFinite(state.step(), result.loss, result.gradientNorm);
        state.advance();
        return result;
    }

    /**
     * Goes on with other options, the state carried over: another objective, other {@link WeightFactors}, other batch
     * normalizations kept at inference. So weights are held and released in phases: the head first, then upper blocks.
     *
     * @throws HoneException if the state would have another form: other weights are frozen, or the batch, the optimizer's
     *     kind, averaging, targets or metrics are different
     */
    public void enter(StepOptions next) {
        if (next == options) {
            return;
        }
        StepGraph graph = StepGraph.fused(start, next);
        if (next.batch() != options.batch() || !graph.layout().isSame(layout)) {
            throw new HoneException(
                    "a phase of training has another batch, optimizer, other frozen weights, targets or metrics"
                            + " than the phase before; hold weights by factors of 0 instead of freezing them");
        }
        Session opened = Session.open(OnnxWriter.toBytes(graph.model()), sessionOptions);
        session.close();
        session = opened;
        options = next;
    }

    static void requireFinite(long step, float loss, float gradientNorm) {
        if (!Float.isFinite(loss) || !Float.isFinite(gradientNorm)) {
            throw new HoneException("training diverged at step " + step + ": the loss is " + loss
                    + ", the gradient's norm " + gradientNorm + "; use a lower learning rate");
        }
    }

    /** Does the work of a step and discards the result, to measure its time. */
    public void rehearse(Map<String, NativeTensor> feeds) {
        compute(feeds, new Settings(0, Double.NaN, 1));
    }

    private Result compute(Map<String, NativeTensor> feeds, Settings settings) {
        Hyper.fill(hyper.vector(Hyper.INPUT), settings, options.optimizer(), state.step());
        random.fillUniform(seed, state.step(), 0);
        Map<String, NativeTensor> inputs = new LinkedHashMap<>(state.current());
        inputs.putAll(random.all());
        inputs.putAll(hyper.all());
        inputs.putAll(feeds);
        Map<String, NativeTensor> outputs = state.outputs();
        outputs.putAll(results.all());
        session.run(inputs, outputs);
        return new Result(
                results.scalar(StepGraph.LOSS),
                results.metrics(layout.metrics()),
                results.scalar(StepGraph.GRADIENT_NORM));
    }

    @Override
    public void close() {
        session.close();
        state.close();
        random.close();
        hyper.close();
        results.close();
    }
}
