package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Finds what can be trained in a model: which initializers are weights, and which nodes carry running statistics. */
public final class Parameters {
    /** Input slots that hold weights, by operator. */
    private static final Map<String, Set<Integer>> WEIGHT_SLOTS = Map.of(
            "Conv", Set.of(1, 2),
            "ConvTranspose", Set.of(1, 2),
            "Gemm", Set.of(0, 1, 2),
            "MatMul", Set.of(0, 1),
            "BatchNormalization", Set.of(1, 2),
            "LayerNormalization", Set.of(1, 2),
            "InstanceNormalization", Set.of(1, 2),
            "GroupNormalization", Set.of(1, 2),
            "PRelu", Set.of(1),
            "Gather", Set.of(0));

    /** Operators whose constant operands are weights if they have several elements and the data is learned already. */
    private static final Set<String> MIXING = Set.of("Add", "Sub", "Mul", "Div", "Concat", "Pad", "Expand");

    private Parameters() {}

    /** Names of the weights that training would change if none were frozen, in the graph's order. */
    public static Set<String> names(Graph graph) {
        Set<Value> weights = new HashSet<>(trainable(graph, name -> false, Set.of()));
        Set<String> names = new LinkedHashSet<>();
        graph.constants().stream().filter(weights::contains).map(Value::name).forEach(names::add);
        return names;
    }

    /**
     * The weights of a graph, those that decay (rank 2 and more) first: tensors of floats in the weight slots of layers,
     * and constants combined with what a layer put out (biases, positions, class tokens). Constants in front of the first
     * layer normalize the input and are no weights, nor are single numbers behind it.
     *
     * @param frozen says by name which weights stay as they are
     * @param also names of weights that could not be told by this
     */
    static List<Value> trainable(Graph graph, Predicate<String> frozen, Set<String> also) {
        graph.sort();
        Set<Value> learned = new HashSet<>();
        for (Node node : graph.nodes()) {
            boolean layer = node.domain().isEmpty()
                    && WEIGHT_SLOTS.getOrDefault(node.op(), Set.of()).stream()
                            .anyMatch(slot -> isFloatConstant(node.input(slot)));
            if (layer || node.inputs().stream().anyMatch(learned::contains)) {
                node.outputs().stream().filter(y -> y != null).forEach(learned::add);
            }
        }
        List<Value> decaying = new ArrayList<>();
        List<Value> others = new ArrayList<>();
        for (Value value : graph.constants()) {
            boolean weight = also.contains(value.name()) || isFloatConstant(value) && isWeight(value, learned);
            if (weight && !frozen.test(value.name())) {
                (value.constant().rank() >= 2 ? decaying : others).add(value);
            }
        }
        decaying.addAll(others);
        return decaying;
    }

    private static boolean isFloatConstant(Value value) {
        return value != null && value.isConstant() && value.type() == ElementType.FLOAT;
    }

    private static boolean isWeight(Value value, Set<Value> learned) {
        for (Use use : value.uses()) {
            Node node = use.node();
            if (!node.domain().isEmpty()) {
                continue;
            }
            if (WEIGHT_SLOTS.getOrDefault(node.op(), Set.of()).contains(use.index())) {
                return true;
            }
            if (MIXING.contains(node.op()) && value.constant().count() > 1 && reachesLearned(node, learned)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node combines its constant with data that a layer put out, at once or after moving it about. */
    private static boolean reachesLearned(Node node, Set<Value> learned) {
        if (node.inputs().stream().anyMatch(learned::contains)) {
            return true;
        }
        boolean moves = node.is("Pad") || node.is("Expand");
        return moves && node.output().uses().stream().anyMatch(use -> reachesLearned(use.node(), learned));
    }

    /** The batch normalizations whose statistics follow the data: those with a scale or bias that is trained. */
    static List<Node> normalizations(Graph graph, Set<Value> trained) {
        return graph.nodes().stream()
                .filter(n -> n.is("BatchNormalization"))
                .filter(n -> trained.contains(n.input(1)) || trained.contains(n.input(2)))
                .filter(n -> n.input(3).isConstant() && n.input(4).isConstant())
                .toList();
    }
}
