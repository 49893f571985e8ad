package dev.hone.train.step;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.InlineFunctions;
import dev.hone.train.objective.AttachedModel;
import dev.hone.train.objective.ObjectiveContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The first half of a step: a model's forward pass in training mode, the loss, its gradient. */
final class TrainingGraph {
    private final Model model;
    private final Graph graph;
    private final StepOptions options;
    private final Ops o;
    private final List<Value> inputs;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Map<String, long[]> random = new LinkedHashMap<>();
    private final FlatLayout weightLayout = new FlatLayout();
    private final FlatLayout statisticsLayout = new FlatLayout();
    private final Set<String> keptStatistics = new HashSet<>();
    private Value weights;
    private Value statistics;
    private Value batchStatistics;
    private Value loss;
    private Value gradient;
    private ObjectiveContext context;

    private TrainingGraph(Model model, StepOptions options) {
        this.model = model;
        this.graph = model.graph();
        this.options = options;
        this.o = new Ops(graph);
        this.inputs = graph.inputs().stream().filter(v -> v.constant() == null).toList();
    }

    /** @param model becomes the step */
    static TrainingGraph of(Model model, StepOptions options) {
        TrainingGraph training = new TrainingGraph(model, options);
        training.build();
        return training;
    }

    private void build() {
        InlineFunctions.run(model);
        bindBatch();
        graph.values().forEach(v -> values.put(v.name(), v));
        replaceDropout();
        if (options.stochasticDepth() > 0) {
            StochasticDepth.apply(graph, options.stochasticDepth(), random);
        }
        Map<String, Value> outputs = new LinkedHashMap<>();
        graph.outputs().forEach(v -> outputs.put(v.name(), v));
        Map<String, Value> named = new LinkedHashMap<>();
        inputs.forEach(v -> named.put(v.name(), v));
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        List<Value> trained = Parameters.trainable(graph, options.frozen(), options.also());
        if (trained.isEmpty()) {
            throw new HoneException("nothing in the model can be trained: it has no weights, or all are frozen");
        }
        List<Node> normalizations = Parameters.normalizations(graph, new HashSet<>(trained));
        Set<Node> atInference = atInference(normalizations, new HashSet<>(trained));
        if (options.batch() == 1 && !atInference.containsAll(normalizations)) {
            throw new HoneException("batch size is 1, expected 2 or more: the model has batch normalizations");
        }
        trained.forEach(v -> weightLayout.add(v.name(), v.constant().dims()));
        weights = graph.addInput(StepGraph.WEIGHTS, ElementType.FLOAT, Shape.of(weightLayout.total()));
        List<Value> leaves = FlatModel.replace(o, trained, weights, weightLayout);
        for (int i = 0; i < leaves.size(); i++) {
            values.put(trained.get(i).name(), leaves.get(i));
        }
        train(normalizations, atInference);
        context = new ObjectiveContext(model, new AttachedModel(named, outputs, values), options.batch());
        loss = options.objective().loss(context);
        if (loss == null || loss.type() != ElementType.FLOAT || !Shape.SCALAR.equals(loss.shape())) {
            throw new HoneException("the loss of the objective ("
                    + options.objective().describe() + ") is " + loss + ", expected a scalar of float32");
        }
        gradient = gradient(leaves);
    }

    /** The gradient by all weights of the state, zeros for those that are held. */
    private Value gradient(List<Value> leaves) {
        List<FlatLayout.Entry> entries = weightLayout.entries();
        List<Value> changing = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            if (!options.factors().holds(entries.get(i).name())) {
                changing.add(leaves.get(i));
            }
        }
        if (changing.isEmpty()) {
            throw new HoneException("nothing in the model can be trained: all weights are frozen or held");
        }
        Map<Value, Value> gradients = Backward.gradients(graph, loss, changing);
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            Value found = gradients.get(leaves.get(i));
            parts.add(
                    found == null
                            ? o.op(
                                    "Expand",
                                    o.constant(0f),
                                    o.vector(entries.get(i).count()))
                            : o.reshape(found, -1));
        }
        return o.concat(0, parts);
    }

    /** The batch normalizations that work as at inference: they are told to, or have nothing of their own that changes. */
    private Set<Node> atInference(List<Node> normalizations, Set<Value> trained) {
        Predicate<Value> changes =
                v -> trained.contains(v) && !options.factors().holds(v.name());
        return normalizations.stream()
                .filter(n -> options.keptStatistics().test(n.input(3).name())
                        || !changes.test(n.input(1)) && !changes.test(n.input(2)))
                .collect(Collectors.toSet());
    }

    private void bindBatch() {
        if (inputs.isEmpty()) {
            throw new HoneException("the model has no inputs, expected one or more, the batch as their first axis");
        }
        Map<String, Dim> symbols = new LinkedHashMap<>();
        for (Value input : inputs) {
            Shape shape = input.shape();
            if (shape == null || shape.rank() == 0) {
                throw new HoneException("the model's input " + input + " has no axis of samples, expected [N,...]");
            }
            if (!shape.dim(0).isConstant()) {
                symbols.put(shape.dim(0).toString(), Dim.of(options.batch()));
            } else if (!shape.dim(0).is(options.batch())) {
                throw new HoneException("the batch size of the model's input " + input + " is fixed at " + shape.dim(0)
                        + ", expected a symbolic one");
            }
        }
        if (!symbols.isEmpty()) {
            ShapeInference.bind(graph, symbols);
        }
        for (Value input : inputs) {
            if (!input.shape().isConstant()) {
                throw new HoneException("the model's input " + input + " has no fixed size, set one to train it");
            }
        }
    }

    /** Dropout as a product with a mask made of random numbers from outside, so that a run can be repeated. */
    private void replaceDropout() {
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
                String name = StepGraph.DROPOUT + random.size();
                random.put(name, x.shape().sizes());
                Value u = graph.addInput(name, ElementType.FLOAT, x.shape());
                Value kept = o.cast(o.op("GreaterOrEqual", u, o.constant(p)), ElementType.FLOAT);
                y = o.mul(x, o.mul(kept, 1 / (1 - p)));
            }
            values.put(node.output().name(), y);
            node.output().replaceBy(y);
            graph.remove(node);
        }
    }

    /**
     * Makes batch norms use the batch's own statistics, but for those that work as at inference.
     *
     * <p>The runtime writes the new running statistics over the memory of the old ones, be they constants that other
     * nodes share. So each node gets a copy of its own to write on, cut out of the state.
     */
    private void train(List<Node> normalizations, Set<Node> atInference) {
        if (normalizations.isEmpty()) {
            return;
        }
        List<Value> old = new ArrayList<>();
        for (Node node : normalizations) {
            for (int i = 3; i <= 4; i++) {
                old.add(node.input(i));
                statisticsLayout.add(
                        node.input(i).name(), node.input(i).constant().dims());
            }
        }
        statistics = graph.addInput(StepGraph.STATISTICS, ElementType.FLOAT, Shape.of(statisticsLayout.total()));
        List<Value> copies = FlatModel.split(o, statistics, statisticsLayout);
        List<Value> parts = new ArrayList<>();
        for (Node node : normalizations) {
            if (atInference.contains(node)) {
                keep(node, copies.subList(parts.size(), parts.size() + 2));
                parts.addAll(copies.subList(parts.size(), parts.size() + 2));
                continue;
            }
            node.set("training_mode", 1);
            // Nothing of the old statistics in the outputs: they are mixed for all layers at once.
            node.set("momentum", 0f);
            for (int i = 1; i <= 2; i++) {
                node.setInput(2 + i, copies.get(parts.size()));
                Value statistic = node.ensureOutput(i, graph.freshName("statistic"));
                statistic
                        .setType(ElementType.FLOAT)
                        .setShape(copies.get(parts.size()).shape());
                parts.add(statistic);
            }
        }
        old.stream().filter(Value::isUnused).forEach(graph::removeConstant);
        batchStatistics = o.concat(0, parts);
    }

    /** Lets a batch norm read its running statistics out of the state, and names them among those that stay. */
    private void keep(Node node, List<Value> statistics) {
        for (int i = 0; i < 2; i++) {
            keptStatistics.add(node.input(3 + i).name());
            node.setInput(3 + i, statistics.get(i));
        }
    }

    // ---- what the other half needs

    Ops ops() {
        return o;
    }

    /** The vector [T] of weights. */
    Value weights() {
        return weights;
    }

    FlatLayout weightLayout() {
        return weightLayout;
    }

    FlatLayout statisticsLayout() {
        return statisticsLayout;
    }

    /** Names of the running statistics that the step leaves as they are. */
    Set<String> keptStatistics() {
        return keptStatistics;
    }

    /** The vector of running statistics, null if there are none. */
    Value statistics() {
        return statistics;
    }

    /** The batch's statistics as one vector, or null if there are none. */
    Value batchStatistics() {
        return batchStatistics;
    }

    /** The gradient of the loss by the weights, a vector [T]. */
    Value gradient() {
        return gradient;
    }

    /** Lets the loss and the metrics be outputs. */
    void report() {
        StepGraph.output(o, StepGraph.LOSS, loss);
        context.metrics().forEach((name, value) -> StepGraph.output(o, StepGraph.METRIC + name, value));
    }

    /** @param state lengths of the state's vectors */
    StepLayout layout(Map<String, Long> state) {
        return new StepLayout(
                inputs.stream().map(Value::name).toList(),
                List.copyOf(context.targets().keySet()),
                List.copyOf(context.metrics().keySet()),
                weightLayout,
                statisticsLayout,
                random,
                state);
    }
}
