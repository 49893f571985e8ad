package dev.hone.train.step;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step as one ONNX graph: the model's forward pass in training mode, the loss, its gradients, the optimizer.
 *
 * <p>Inputs: the model's image input at a fixed batch size, {@code targets} [N,K], {@code hyper}, one {@code dropout.i}
 * of uniform random numbers for each dropout, and the state. Outputs: {@code loss}, {@code correct} (images whose most
 * probable class is that of the target), {@code gradient_norm}, and the new state, each called as its input with
 * {@code .new} behind. The state is a few vectors: {@code weights} [T], {@code statistics} [S] (means and variances of
 * batch norms), {@code slot.i} [T] of the optimizer, and with averaging {@code average.weights} [T] and {@code
 * average.statistics} [S].
 */
public final class StepGraph {
    public static final String TARGETS = "targets";
    public static final String LOSS = "loss";
    public static final String CORRECT = "correct";
    public static final String GRADIENT_NORM = "gradient_norm";
    public static final String WEIGHTS = "weights";
    public static final String STATISTICS = "statistics";
    public static final String AVERAGE = "average.";
    static final String NEW = ".new";
    static final String DROPOUT = "dropout.";
    static final String SLOT = "slot.";

    private final Model model;
    private final String imageInput;
    private final FlatLayout weights = new FlatLayout();
    private final FlatLayout statistics = new FlatLayout();
    private final Map<String, long[]> random = new LinkedHashMap<>();
    private final Map<String, Value> state = new LinkedHashMap<>();
    private final Map<String, Value> newState = new LinkedHashMap<>();
    private final StepOptions options;
    private final Ops o;

    private StepGraph(Model model, StepOptions options) {
        this.model = model;
        this.options = options;
        this.o = new Ops(model.graph());
        this.imageInput = model.graph().inputs().get(0).name();
    }

    /**
     * Builds the step of a model whose first output is logits [N,K] and whose only input is images with a symbolic batch
     * dimension. The model itself is left as it is.
     *
     * @throws HoneException if the model has no such form, if nothing in it can be trained, or if an operator on the way
     *     has no gradient
     */
    public static StepGraph of(Model model, StepOptions options) {
        Model copy = model.copy();
        StepGraph step = new StepGraph(copy, options);
        step.build();
        return step;
    }

    private void build() {
        Graph graph = model.graph();
        bindBatch(graph);
        Value logits = graph.outputs().get(0);
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        if (logits.shape() == null
                || logits.shape().rank() != 2
                || !logits.shape().isConstant()) {
            throw new HoneException(
                    "the first output of the model, " + logits + ", is no matrix [N,K] of logits; adapt it first");
        }
        replaceDropout(graph);
        List<Value> trained = Parameters.trainable(graph, options.frozen(), options.also());
        if (trained.isEmpty()) {
            throw new HoneException("nothing in the model can be trained: it has no weights, or all are frozen");
        }
        List<Node> normalizations = Parameters.normalizations(graph, new HashSet<>(trained));
        Value vector = stateInput(WEIGHTS, layOut(trained));
        List<Value> leaves = FlatModel.replace(o, trained, vector, weights);
        Value batchStatistics = train(normalizations);
        Value targets = graph.addInput(TARGETS, ElementType.FLOAT, logits.shape());
        Value[] hyper = Hyper.read(o);
        Value loss = options.loss().apply(o, logits, targets);
        Map<Value, Value> gradients = Backward.gradients(graph, loss, leaves);
        Value gradient = o.concat(
                0, leaves.stream().map(v -> o.reshape(gradients.get(v), -1)).toList());
        Value norm = o.op("Sqrt", o.op("ReduceSumSquare", Map.of("keepdims", 0), gradient));
        update(vector, clipped(gradient, norm), batchStatistics, hyper);
        output(LOSS, loss);
        output(CORRECT, correct(logits, targets));
        output(GRADIENT_NORM, norm);
        newState.forEach((name, value) -> output(name + NEW, value));
        Passes.standard().run(model);
        graph.uniqueNames();
    }

    private void bindBatch(Graph graph) {
        Value image = graph.inputs().get(0);
        Shape shape = image.shape();
        if (graph.inputs().size() != 1 || shape == null || shape.rank() != 4) {
            throw new HoneException(
                    "the model's inputs are " + graph.inputs() + ", expected one image input [N,C,H,W]");
        }
        if (!shape.dim(0).isConstant()) {
            ShapeInference.bind(graph, Map.of(shape.dim(0).toString(), Dim.of(options.batch())));
        } else if (!shape.dim(0).is(options.batch())) {
            throw new HoneException("the model's batch size is fixed at " + shape.dim(0) + ", expected a symbolic one");
        }
        for (int axis = 1; axis < 4; axis++) {
            if (!shape.dim(axis).isConstant()) {
                throw new HoneException("the model's input " + image + " has no fixed size, set one to train it");
            }
        }
    }

    /** Dropout as a product with a mask made of random numbers from outside, so that a run can be repeated. */
    private void replaceDropout(Graph graph) {
        for (Node node : List.copyOf(graph.nodes())) {
            if (!node.is("Dropout")) {
                continue;
            }
            Value ratio = node.input(1);
            float p = ratio == null || !ratio.isConstant()
                    ? 0.5f
                    : ratio.constant().scalarFloat();
            Value x = node.input(0);
            Value y = x;
            if (p > 0) {
                String name = DROPOUT + random.size();
                random.put(name, x.shape().sizes());
                Value u = graph.addInput(name, ElementType.FLOAT, x.shape());
                Value kept = o.cast(o.op("GreaterOrEqual", u, o.constant(p)), ElementType.FLOAT);
                y = o.mul(x, o.mul(kept, 1 / (1 - p)));
            }
            node.output().replaceBy(y);
            graph.remove(node);
        }
    }

    private long layOut(List<Value> trained) {
        trained.forEach(v -> weights.add(v.name(), v.constant().dims()));
        return weights.total();
    }

    /**
     * Makes batch norms use the batch's own statistics.
     *
     * <p>The runtime writes the new running statistics over the memory of the old ones, be they constants that other
     * nodes share. So each node gets a copy of its own to write on, cut out of the state.
     *
     * @return the batch's statistics as one vector, or null if there are none
     */
    private Value train(List<Node> normalizations) {
        if (normalizations.isEmpty()) {
            return null;
        }
        List<Value> old = new ArrayList<>();
        for (Node node : normalizations) {
            for (int i = 3; i <= 4; i++) {
                old.add(node.input(i));
                statistics.add(node.input(i).name(), node.input(i).constant().dims());
            }
        }
        List<Value> copies = FlatModel.split(o, stateInput(STATISTICS, statistics.total()), statistics);
        List<Value> parts = new ArrayList<>();
        for (Node node : normalizations) {
            node.set("training_mode", 1);
            // Nothing of the old statistics in the outputs: they are mixed for all layers at once.
            node.set("momentum", 0f);
            for (int i = 1; i <= 2; i++) {
                node.setInput(2 + i, copies.get(parts.size()));
                Value statistic = node.ensureOutput(i, o.graph().freshName("statistic"));
                statistic
                        .setType(ElementType.FLOAT)
                        .setShape(copies.get(parts.size()).shape());
                parts.add(statistic);
            }
        }
        old.stream().filter(Value::isUnused).forEach(o.graph()::removeConstant);
        return o.concat(0, parts);
    }

    private Value clipped(Value gradient, Value norm) {
        if (options.clip() == 0) {
            return gradient;
        }
        Value factor = o.div(o.constant((float) options.clip()), o.add(norm, 1e-6));
        return o.mul(gradient, o.op("Min", factor, o.constant(1f)));
    }

    private void update(Value vector, Value gradient, Value batchStatistics, Value[] hyper) {
        List<Value> slots = new ArrayList<>();
        for (int i = 0; i < options.optimizer().slots(); i++) {
            slots.add(stateInput(SLOT + i, weights.total()));
        }
        List<Value> updated = options.optimizer().update(o, vector, gradient, slots, hyper, this::choose);
        newState.put(WEIGHTS, updated.get(0));
        for (int i = 0; i < slots.size(); i++) {
            newState.put(SLOT + i, updated.get(1 + i));
        }
        if (batchStatistics != null) {
            double m = options.statisticsMomentum();
            Value old = state.get(STATISTICS);
            newState.put(STATISTICS, o.add(o.mul(old, m), o.mul(batchStatistics, 1 - m)));
        }
        if (options.averaging()) {
            for (String name : List.of(WEIGHTS, STATISTICS)) {
                if (newState.containsKey(name)) {
                    average(name, newState.get(name), hyper);
                }
            }
        }
    }

    /** {@code a += (1 - d)(x - a)} */
    private void average(String name, Value x, Value[] hyper) {
        Value old = stateInput(AVERAGE + name, x.shape().size(0));
        Value pace = o.sub(o.constant(1f), hyper[Hyper.AVERAGE_DECAY.ordinal()]);
        newState.put(AVERAGE + name, o.add(old, o.mul(o.sub(x, old), pace)));
    }

    /** See {@link Optimizer.Decay}: weights that decay come first in the vector. */
    private Value choose(Value decaying, Value others) {
        long first = weights.entries().stream()
                .filter(e -> e.dims().length >= 2)
                .mapToLong(FlatLayout.Entry::count)
                .sum();
        long rest = weights.total() - first;
        if (rest == 0 || first == 0) {
            return rest == 0 ? decaying : others;
        }
        return o.concat(0, List.of(o.op("Expand", decaying, o.vector(first)), o.op("Expand", others, o.vector(rest))));
    }

    private Value correct(Value logits, Value targets) {
        Value right = o.op("Equal", argMax(logits), argMax(targets));
        return o.reduceSum(o.cast(right, ElementType.FLOAT), false, 0);
    }

    private Value argMax(Value x) {
        return o.op("ArgMax", Map.of("axis", 1, "keepdims", 0), x);
    }

    private Value stateInput(String name, long count) {
        Value input = o.graph().addInput(name, ElementType.FLOAT, Shape.of(count));
        state.put(name, input);
        return input;
    }

    private void output(String name, Value value) {
        Value out = o.op("Identity", value);
        out.setName(name);
        o.graph().addOutput(out);
    }

    // ---- what the runner needs

    public Model model() {
        return model;
    }

    public StepOptions options() {
        return options;
    }

    String imageInput() {
        return imageInput;
    }

    /** Where each weight lies in the vector {@link #WEIGHTS}. */
    public FlatLayout weights() {
        return weights;
    }

    /** Where each running mean and variance lies in the vector {@link #STATISTICS}. */
    public FlatLayout statistics() {
        return statistics;
    }

    /** Lengths of the state vectors, by name. */
    Map<String, Long> state() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        state.forEach((name, value) -> lengths.put(name, value.shape().size(0)));
        return lengths;
    }

    /** Shapes of the inputs of uniform random numbers, by name. */
    Map<String, long[]> random() {
        return random;
    }

    long classes() {
        return model.graph().inputs().stream()
                .filter(v -> v.name().equals(TARGETS))
                .findFirst()
                .orElseThrow()
                .shape()
                .size(1);
    }

    /** The vector that a model's own values make. */
    static float[] flatten(Model from, FlatLayout layout) {
        float[] vector = new float[Math.toIntExact(layout.total())];
        Map<String, Tensor> byName = new LinkedHashMap<>();
        from.graph().constants().forEach(v -> byName.put(v.name(), v.constant()));
        for (FlatLayout.Entry entry : layout.entries()) {
            float[] values = byName.get(entry.name()).floats();
            System.arraycopy(values, 0, vector, Math.toIntExact(entry.offset()), values.length);
        }
        return vector;
    }
}
