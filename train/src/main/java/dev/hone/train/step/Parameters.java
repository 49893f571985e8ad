package dev.hone.train.step;

import dev.hone.autodiff.Gradients;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Weights;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds what can be trained in a model: which initializers are weights, and which nodes carry running statistics. */
public final class Parameters {
    private Parameters() {}

    /** Names of the weights that training would change if none were frozen, in the graph's order. */
    public static Set<String> names(Graph graph) {
        Set<Value> weights = new HashSet<>(trainable(graph, name -> false, Set.of()));
        Set<String> names = new LinkedHashSet<>();
        graph.constants().stream().filter(weights::contains).map(Value::name).forEach(names::add);
        return names;
    }

    /**
     * The weights of the layers that can be differentiated, those that decay (rank 2 and more) first.
     *
     * @param frozen says by name which weights stay as they are
     * @param also names of weights that could not be told by this
     */
    static List<Value> trainable(Graph graph, Predicate<String> frozen, Set<String> also) {
        Set<Value> weights = new HashSet<>(Weights.learned(graph, Gradients::isDifferentiable));
        List<Value> decaying = new ArrayList<>();
        List<Value> others = new ArrayList<>();
        for (Value value : graph.constants()) {
            if ((weights.contains(value) || also.contains(value.name())) && !frozen.test(value.name())) {
                (value.constant().rank() >= 2 ? decaying : others).add(value);
            }
        }
        decaying.addAll(others);
        return decaying;
    }

    /** The batch normalizations that have a scale or bias among the weights of the state. */
    static List<Node> normalizations(Graph graph, Set<Value> trained) {
        return graph.nodes().stream()
                .filter(n -> n.is("BatchNormalization"))
                .filter(n -> trained.contains(n.input(1)) || trained.contains(n.input(2)))
                .filter(n -> n.input(3).isConstant() && n.input(4).isConstant())
                .toList();
    }
}
