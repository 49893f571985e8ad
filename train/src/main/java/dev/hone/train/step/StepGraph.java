package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.Passes;
import java.util.HashSet;
import java.util.Set;

/**
 * One training step as ONNX graphs: one that does everything, or two, cut between gradient and update.
 *
 * <p>Inputs of the whole step: the model's inputs and the objective's targets at a fixed batch size, {@link Hyper}, one
 * {@code step.dropout.i} of uniform random numbers for each dropout, and the state. Outputs: {@link #LOSS}, a {@code
 * metric.NAME} for each metric, {@link #GRADIENT_NORM}, and the new state, each vector called as its input with {@code
 * .new} behind. The state is a few vectors: {@link #WEIGHTS} [T], {@link #STATISTICS} [S] (means and variances of batch
 * norms), {@code step.slot.i} [T] of the optimizer, in phased training {@link #AGES}, and with averaging {@code average.} of the first two.
 *
 * <p>Cut, the gradient's graph takes the model's inputs, targets, random numbers, weights and statistics to the loss, the
 * metrics, {@link #GRADIENT} [T] and {@link #BATCH_STATISTICS} [S]; the update's graph takes these two, the numbers of
 * {@link Hyper} and the state to the norm and the new state.
 */
public final class StepGraph {
    public static final String LOSS = "step.loss";
    public static final String GRADIENT_NORM = "step.gradient_norm";
    public static final String GRADIENT = "step.gradient";
    public static final String WEIGHTS = "step.weights";
    public static final String STATISTICS = "step.statistics";
    public static final String BATCH_STATISTICS = "step.batch_statistics";
    public static final String AVERAGE = "average.";
    static final String METRIC = "metric.";
    static final String NEW = ".new";
    static final String DROPOUT = "step.dropout.";
    static final String SLOT = "step.slot.";
    static final String AGES = "step.ages";

    private final StepLayout layout;
    private final Model first;
    private final Model second;

    private StepGraph(StepLayout layout, Model first, Model second) {
        this.layout = layout;
        this.first = first;
        this.second = second;
    }

    /**
     * Builds the whole step of a model whose inputs have the samples as their first axis, which is symbolic or has the
     * batch's size. The model itself is left as it is.
     *
     * @throws HoneException if the model has no such form or not the outputs that the objective needs, if nothing in it
     *     can be trained, or if an operator on the way has no gradient
     */
    public static StepGraph fused(Model model, StepOptions options) {
        Model copy = model.copy();
        TrainingGraph training = TrainingGraph.of(copy, options);
        UpdateGraph update =
                new UpdateGraph(training.ops(), options, training.weights(), training.statistics(), training);
        training.report();
        update.build(training.gradient(), training.batchStatistics());
        finish(copy);
        return new StepGraph(training.layout(update.state()), copy, null);
    }

    /**
     * The same in two graphs.
     *
     * @throws HoneException as {@link #fused} does
     */
    public static StepGraph cut(Model model, StepOptions options) {
        Model copy = model.copy();
        TrainingGraph training = TrainingGraph.of(copy, options);
        training.report();
        output(training.ops(), GRADIENT, training.gradient());
        boolean statistics = training.statistics() != null;
        if (statistics) {
            output(training.ops(), BATCH_STATISTICS, training.batchStatistics());
        }
        finish(copy);
        Graph graph = new Graph("update");
        Shape shape = training.weights().shape();
        Value weights = graph.addInput(WEIGHTS, ElementType.FLOAT, shape);
        Value gradient = graph.addInput(GRADIENT, ElementType.FLOAT, shape);
        Value running = null;
        Value batch = null;
        if (statistics) {
            running = graph.addInput(
                    STATISTICS, ElementType.FLOAT, training.statistics().shape());
            batch = graph.addInput(BATCH_STATISTICS, ElementType.FLOAT, running.shape());
        }
        UpdateGraph update = new UpdateGraph(new Ops(graph), options, weights, running, training);
        update.build(gradient, batch);
        Model second = new Model(graph);
        finish(second);
        return new StepGraph(training.layout(update.state()), copy, second);
    }

    private static void finish(Model model) {
        Set<String> names = new HashSet<>();
        for (Value input : model.graph().inputs()) {
            if (!names.add(input.name())) {
                throw new HoneException(
                        "two inputs of the training step are called '" + input.name() + "'; rename the model's input");
            }
        }
        Passes.standard().run(model);
        model.graph().uniqueNames();
    }

    static void output(Ops o, String name, Value value) {
        Value out = o.op("Identity", value);
        out.setName(name);
        o.graph().addOutput(out);
    }

    public boolean isCut() {
        return second != null;
    }

    /** The whole step, or that of the gradient if it is cut. */
    public Model model() {
        return first;
    }

    /** The step from the gradient to the new state, null if it is not cut. */
    public Model update() {
        return second;
    }

    public StepLayout layout() {
        return layout;
    }
}
