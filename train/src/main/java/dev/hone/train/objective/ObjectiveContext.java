package dev.hone.train.objective;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The graph of a training step as an {@link Objective} sees it: the model in training mode, with its weights as inputs of
 * the graph. All shapes of the model's values are known; the first axis counts the samples of the batch.
 */
public final class ObjectiveContext {
    private final Model step;
    private final Graph graph;
    private final Ops ops;
    private final AttachedModel model;
    private final long batch;
    private final Map<String, Value> targets = new LinkedHashMap<>();
    private final Map<String, Value> metrics = new LinkedHashMap<>();
    private int applications;

    /**
     * @param step whose graph the loss is appended to
     * @param model that is trained, in that graph
     * @param batch samples of a step
     */
    public ObjectiveContext(Model step, AttachedModel model, long batch) {
        this.step = step;
        this.graph = step.graph();
        this.ops = new Ops(graph);
        this.model = model;
        this.batch = batch;
    }

    /** Appends nodes. */
    public Ops ops() {
        return ops;
    }

    /** How many samples a step has. */
    public long batch() {
        return batch;
    }

    /** An input of the model. */
    public Value input(String name) {
        return model.input(name);
    }

    /** An output of the model, before anything that only a deployed model has. */
    public Value output(int index) {
        return model.output(index);
    }

    public Value output(String name) {
        return model.output(name);
    }

    /** An intermediate value, an input or a weight of the model, by its name in the model. */
    public Value value(String name) {
        return model.value(name);
    }

    /** The model that is trained. */
    public AttachedModel model() {
        return model;
    }

    /**
     * An input of the step that holds what is to be learned; the batches have an array of that name.
     *
     * @param sampleDims the shape for one sample: the target's is that with the batch size in front
     * @throws HoneException if an input of the model is called so, or the same target has another type or shape already
     */
    public Value target(String name, ElementType type, long... sampleDims) {
        if (model.inputs().containsKey(name)) {
            throw new HoneException("the target '" + name + "' is called as an input of the model; rename one of them");
        }
        long[] dims = new long[sampleDims.length + 1];
        dims[0] = batch;
        System.arraycopy(sampleDims, 0, dims, 1, sampleDims.length);
        Shape shape = Shape.of(dims);
        Value target = targets.computeIfAbsent(name, n -> graph.addInput(n, type, shape));
        if (target.type() != type || !shape.equals(target.shape())) {
            throw new HoneException("the target " + target + " is also asked for as " + type + shape);
        }
        return target;
    }

    /** The targets asked for so far, by name. */
    public Map<String, Value> targets() {
        return Collections.unmodifiableMap(targets);
    }

    /**
     * Adds a number to what a step reports beside its loss.
     *
     * @param value a scalar of float32, a mean over the batch, such as the fraction of samples classified correctly
     */
    public void metric(String name, Value value) {
        if (value.type() != ElementType.FLOAT || !Shape.SCALAR.equals(value.shape())) {
            throw new HoneException("the metric '" + name + "' is " + value + ", expected a scalar of float32");
        }
        metrics.put(name, value);
    }

    /** The metrics added so far, by name. */
    public Map<String, Value> metrics() {
        return Collections.unmodifiableMap(metrics);
    }

    // ---- other models and the model again

    /**
     * Another model in the same graph, such as a teacher, fed with the inputs of the model that is trained: those of the
     * same name, or the only one. Its weights are constants, dropout is off, and nothing in it is trained.
     *
     * @param other stays as it is; its first axes are the batch's or symbolic
     * @throws HoneException if an input of it cannot be fed
     */
    public AttachedModel attach(Model other) {
        Map<String, Value> own = model.inputs();
        Map<String, Value> feeds = new LinkedHashMap<>();
        List<Value> inputs = Attachment.inputs(other);
        for (Value input : inputs) {
            Value feed = own.get(input.name());
            if (feed == null && inputs.size() == 1 && own.size() == 1) {
                feed = own.values().iterator().next();
            }
            if (feed == null) {
                throw new HoneException("the attached model's input '" + input.name()
                        + "' is none of the trained model's inputs " + new ArrayList<>(own.keySet()));
            }
            feeds.put(input.name(), feed);
        }
        return attach(other, feeds);
    }

    /**
     * Another model in the same graph, fed with any values of it.
     *
     * @param feeds a value for each input of the other model, by name
     */
    public AttachedModel attach(Model other, Map<String, Value> feeds) {
        return Attachment.attach(step, other, feeds);
    }

    /**
     * The model that is trained once more, with the same weights and the same dropout, on other inputs: an adversarial
     * example, say.
     *
     * @param feeds values in the place of inputs, by the inputs' names; the other inputs stay
     * @throws GraphException if the model has branches or loops
     */
    public AttachedModel again(Map<String, Value> feeds) {
        NodeCopies copies = new NodeCopies(graph);
        feeds.forEach((name, value) -> copies.replace(model.input(name), value));
        applications++;
        Set<Node> reading =
                Attachment.readers(feeds.keySet().stream().map(model::input).toList());
        for (Node node : graph.ancestors(model.outputs().values())) {
            if (reading.contains(node)) {
                if (!node.subgraphs().isEmpty()) {
                    throw new GraphException(node, "has a subgraph and cannot be applied to other inputs");
                }
                Node copy = copies.copy(node);
                if (copy.is("BatchNormalization") && copy.intAttribute("training_mode", 0) == 1) {
                    ownStatistics(copy);
                }
            }
        }
        return new AttachedModel(
                Attachment.mapped(model.inputs(), copies),
                Attachment.mapped(model.outputs(), copies),
                Attachment.mapped(model.values(), copies));
    }

    /**
     * The runtime writes a batch's statistics over the memory of the running ones, which the first application's batch
     * norm holds already: other memory here. What is in it does not matter, as nothing of it is kept.
     */
    private void ownStatistics(Node batchNorm) {
        for (int i = 3; i <= 4; i++) {
            batchNorm.setInput(i, ops.mul(batchNorm.input(i), 1 + applications));
        }
    }

    // ---- gradients

    /**
     * The gradient of the sum of a value's elements by other values, as nodes of the same graph, which may be
     * differentiated again.
     *
     * @return of the type and shape of {@code by}; zeros where {@code of} does not depend on it
     * @throws GraphException naming the node, if an operator on the way has no gradient
     */
    public Value gradient(Value of, Value by) {
        return gradients(of, List.of(by)).get(by);
    }

    /** The gradients of the sum of a value's elements by several others, by those. */
    public Map<Value, Value> gradients(Value of, List<Value> by) {
        return Backward.gradients(graph, of, by);
    }
}
