package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model made of random steps, and inputs for it.
 *
 * @param exact names of outputs that are the same bits however sums are ordered
 */
public record RandomModel(Model model, Map<String, Tensor> inputs, List<String> exact) {
    private static final int STEPS = 10;

    private static final int OUTPUTS = 3;

    private static final long[][] SHAPES = {
        {2, 3},
        {1, 4, 5, 5},
        {2, 3, 4},
        {4},
        {2, 4, 6, 6},
        {1, 1, 5, 4},
        {3, 3},
        {},
        {1, 2, 4, 3, 4},
        {2, 1, 4},
        {2, 2, 8}
    };

    /** How much of the shapes a model declares. */
    private enum Declared {
        STATIC,
        SYMBOLIC,
        UNKNOWN
    }

    /** @param types the floating-point types it may compute in */
    public static RandomModel of(int[] numbers, ElementType... types) {
        Choices choices = new Choices(numbers);
        Chain chain = new Chain(choices, choices.of(types));
        Declared declared = choices.of(Declared.values());
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        int count = 1 + choices.below(3);
        for (int i = 0; i < count; i++) {
            long[] dims = choices.of(SHAPES);
            String name = "x" + i;
            chain.keep(chain.graph().addInput(name, chain.real, Shape.of(dims)), true);
            inputs.put(name, chain.random(chain.real, dims));
        }
        for (int i = 0; i < STEPS && !(choices.isExhausted() && i > 0); i++) {
            Steps.apply(chain);
        }
        return new RandomModel(finished(chain, declared), inputs, exact(chain));
    }

    private static List<String> exact(Chain chain) {
        return chain.graph().outputs().stream()
                .filter(chain::isExact)
                .map(Value::name)
                .toList();
    }

    private static Model finished(Chain chain, Declared declared) {
        Graph graph = chain.graph();
        List<Value> ends = new ArrayList<>();
        for (int i = chain.values().size() - 1; i >= 0 && ends.size() < OUTPUTS; i--) {
            Value value = chain.values().get(i);
            if (value.isUnused() && !value.isInput() && !value.isConstant() && value.graph() == graph) {
                ends.add(value);
            }
        }
        if (ends.isEmpty()) {
            ends.add(chain.op("Identity", chain.values().get(0)));
        }
        ends.forEach(graph::addOutput);
        graph.uniqueNames();
        graph.sort();
        if (chain.choices.oneIn(2)) {
            name(graph, "node");
        }
        Model model = new Model(graph);
        if (declared != Declared.STATIC) {
            open(graph, declared);
        }
        ShapeInference.run(model);
        return model;
    }

    /** Names every node, as exporters do; the runtime takes each name once. */
    private static void name(Graph graph, String prefix) {
        int i = 0;
        for (Node node : graph.nodes()) {
            String name = prefix + "_" + i++;
            node.setName(name);
            for (Graph subgraph : node.subgraphs()) {
                name(subgraph, name + "_" + subgraph.name());
            }
        }
    }

    /** Takes what is known of the shapes away, from the inputs on. */
    private static void open(Graph graph, Declared declared) {
        ShapeInference.clear(graph);
        for (Value value : graph.inputs()) {
            Dim[] dims = new Dim[value.shape().rank()];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = i % 2 == 1 ? value.shape().dim(i) : Dim.symbol(value.name() + "_" + i);
            }
            value.setShape(declared == Declared.SYMBOLIC ? Shape.of(dims) : null);
        }
    }
}
