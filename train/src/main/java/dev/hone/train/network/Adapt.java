package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.core.text.Wildcard;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Head;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Makes a starting point for training out of any classifier in an ONNX file, whoever trained it. */
public final class Adapt {
    private Adapt() {}

    /**
     * Replaces the last layer by a fresh one for another number of classes, and whatever follows it by the outputs that
     * {@link Networks} gives its models. The model itself is left as it is.
     *
     * @param normalization put in front of the model, whose input then takes raw pixels; null if the model takes raw
     *     pixels already
     * @param height of the input; a network that can work at other sizes than its own is brought to this one
     * @param seed of the new layer's weights
     * @throws HoneException if the input is no image or the last layer cannot be found
     */
    public static Model replaceHead(
            Model model, int classes, Normalization normalization, int height, int width, long seed) {
        Model copy = prepare(model, normalization, height, width);
        Graph graph = copy.graph();
        Value features = features(graph, findHead(graph).layer());
        Layers layers = new Layers(graph, seed);
        int in = (int) features.shape().size(1);
        Value logits = layers.linear(features, fresh(graph, "head"), in, classes);
        return finish(copy, layers, logits);
    }

    /** The same without a new last layer: a model that already distinguishes the wanted classes is trained further. */
    public static Model keepHead(Model model, Normalization normalization, int height, int width) {
        Model copy = prepare(model, normalization, height, width);
        Graph graph = copy.graph();
        Value logits = logits(graph);
        findHead(graph);
        boolean flat = logits.shape() == null || logits.shape().rank() == 2;
        return finish(copy, new Layers(graph, 0), flat ? logits : new Ops(graph).op("Flatten", logits));
    }

    /**
     * Says which weights stay as they are.
     *
     * @param patterns names of weights, {@code *} standing for anything
     */
    public static Predicate<String> frozen(List<String> patterns) {
        if (patterns.isEmpty()) {
            return name -> false;
        }
        List<Wildcard> wildcards = patterns.stream().map(Wildcard::new).toList();
        return name -> wildcards.stream().anyMatch(wildcard -> wildcard.matches(name));
    }

    private static Model prepare(Model model, Normalization normalization, int height, int width) {
        Model copy = model.copy();
        Graph graph = copy.graph();
        for (Value input : List.copyOf(graph.inputs())) {
            if (input.constant() != null) {
                graph.removeInput(input);
            }
        }
        if (graph.inputs().size() != 1
                || graph.inputs().get(0).shape() == null
                || graph.inputs().get(0).shape().rank() != 4) {
            throw new HoneException(
                    "the model's inputs are " + graph.inputs() + ", expected one image input [N,C,H,W]");
        }
        Value image = graph.inputs().get(0);
        Dim channels = image.shape().dim(1);
        image.setShape(Shape.of(Dim.symbol("N"), channels, Dim.of(height), Dim.of(width)));
        ShapeInference.clear(graph);
        ShapeInference.run(copy);
        if (normalization != null) {
            normalization.requireChannels((int) channels.constant());
            normalize(graph, image, normalization);
        }
        Passes.standard().run(copy);
        image.setName(Networks.INPUT);
        return copy;
    }

    private static void normalize(Graph graph, Value image, Normalization normalization) {
        List<Use> readers = List.copyOf(image.uses());
        Value normalized = normalization.apply(new Ops(graph), image);
        readers.forEach(use -> use.node().setInput(use.index(), normalized));
        graph.sort();
    }

    /** The scores without what makes probabilities of them. */
    private static Value logits(Graph graph) {
        Value scores = ScoreOutput.of(graph).value();
        ScoreLink link = ScoreLink.behind(scores);
        return link != null && link.overClasses() ? link.logits() : scores;
    }

    private static Head findHead(Graph graph) {
        Head head = Head.of(logits(graph));
        for (Node node : head.behind()) {
            if (!mayFollow(node)) {
                throw unknownEnd(node);
            }
        }
        if (head.layer() == null) {
            throw new HoneException("the model's output does not come from a layer with weights");
        }
        if (!head.weights().isConstant() || head.layer().is("ConvTranspose")) {
            throw unknownEnd(head.layer());
        }
        return head;
    }

    /** What may stand between the last layer with weights and the logits: a bias, a change of form. */
    private static boolean mayFollow(Node node) {
        return node.is("Add") && (isBias(node.input(0)) || isBias(node.input(1))) || OperatorTraits.is(node, Fact.VIEW);
    }

    private static HoneException unknownEnd(Node node) {
        return new HoneException("the model ends in " + node.label()
                + ", expected a last layer (Gemm, MatMul or Conv with weights) and perhaps a Softmax");
    }

    private static boolean isBias(Value value) {
        return value != null && value.isConstant();
    }

    /** What goes into the last layer, as [N,in]. */
    private static Value features(Graph graph, Node head) {
        Value x = head.input(0);
        if (x.shape() == null) {
            throw new HoneException(head.label() + ": the shape of its input is not known");
        }
        if (head.is("Conv")) {
            return new Ops(graph).op("Flatten", Map.of("axis", 1), x);
        }
        if (x.shape().rank() != 2 || !x.shape().dim(1).isConstant()) {
            throw new HoneException(
                    head.label() + ": its input is " + x + ", expected one vector per image [N,features]");
        }
        return x;
    }

    private static String fresh(Graph graph, String name) {
        return graph.find(name + ".weight") == null ? name : fresh(graph, name + "_new");
    }

    private static Model finish(Model model, Layers layers, Value logits) {
        Graph graph = model.graph();
        for (Value output : new ArrayList<>(graph.outputs())) {
            graph.removeOutput(graph.outputs().indexOf(output));
            output.setName(graph.freshName("former"));
        }
        Networks.finish(layers, logits);
        Passes.standard().run(model);
        graph.uniqueNames();
        Dim batch = logits.shape() == null ? null : logits.shape().dim(0);
        if (batch == null || batch.isConstant()) {
            throw new HoneException("the model works on a fixed batch (its logits are "
                    + (logits.shape() == null ? "of unknown shape" : logits.shape())
                    + "); export it with a symbolic batch dimension");
        }
        return model;
    }
}
