package dev.hone.graph.analysis;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import dev.hone.graph.op.WeightInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the weights of a model. */
public final class Weights {
    private final Predicate<Node> layers;
    private final Set<Value> learned = new HashSet<>();

    private Weights(Predicate<Node> layers) {
        this.layers = layers;
    }

    /**
     * The initializers of 32-bit floats that were learned, in the graph's order: those in the roles of weights of ONNX's
     * own operators, and constants of several elements combined with what a layer put out (biases, positions, class
     * tokens). Constants in front of the first layer normalize the input and are no weights, nor are single numbers
     * behind it.
     *
     * @param layers which of the operators with weights count
     */
    public static List<Value> learned(Graph graph, Predicate<Node> layers) {
        graph.sort();
        Weights weights = new Weights(layers);
        for (Node node : graph.nodes()) {
            if (weights.hasWeights(node) || node.reads().stream().anyMatch(weights.learned::contains)) {
                node.outputs().stream().filter(y -> y != null).forEach(weights.learned::add);
            }
        }
        return graph.constants().stream()
                .filter(value -> isFloatConstant(value) && weights.isWeight(value))
                .toList();
    }

    /**
     * The kernels of linear layers, from the output to the input: constants, or the bytes that a constant is made from by a
     * {@code DequantizeLinear}.
     */
    public static List<Value> kernels(Graph graph) {
        graph.sort();
        List<Value> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            OperatorTraits traits = OperatorTraits.of(node);
            Value kernel = node.domain().isEmpty() && traits.is(Fact.LINEAR)
                    ? node.input(traits.input(Role.KERNEL).index())
                    : null;
            if (kernel != null && kernel.producer() != null && kernel.producer().is("DequantizeLinear")) {
                kernel = kernel.producer().input(0);
            }
            if (kernel != null && kernel.isConstant() && !found.contains(kernel)) {
                found.add(kernel);
            }
        }
        Collections.reverse(found);
        return found;
    }

    private static boolean isFloatConstant(Value value) {
        return value != null && value.isConstant() && value.type() == ElementType.FLOAT;
    }

    private boolean isLayer(Node node) {
        return node.domain().isEmpty() && layers.test(node);
    }

    private boolean hasWeights(Node node) {
        OperatorTraits traits = OperatorTraits.of(node);
        return isLayer(node)
                && traits.inputs().stream()
                        .anyMatch(i -> i.role().isLearnt() && isFloatConstant(node.input(i.index())));
    }

    private boolean isWeight(Value value) {
        for (Use use : value.uses()) {
            Node node = use.node();
            WeightInput input = OperatorTraits.of(node).input(use.index());
            if (input == null || !isLayer(node)) {
                continue;
            }
            if (input.role().isLearnt()) {
                return true;
            }
            if (input.role() == Role.OPERAND && value.constant().count() > 1 && reachesLearned(node)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node combines its constant with data that a layer put out, at once or after moving it about. */
    private boolean reachesLearned(Node node) {
        if (node.reads().stream().anyMatch(learned::contains)) {
            return true;
        }
        OperatorTraits traits = OperatorTraits.of(node);
        WeightInput operand = traits.input(Role.OPERAND);
        boolean moves = traits.is(Fact.MOVES) && operand != null && operand.index() == 0;
        return moves && node.output().uses().stream().anyMatch(use -> reachesLearned(use.node()));
    }
}
