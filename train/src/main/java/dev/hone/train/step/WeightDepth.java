package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Blocks;
import dev.hone.graph.analysis.Segment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * How far from the output each weight of a network is, counted in {@link Blocks} that have weights: 0 in the last one, its
 * head. Layer-wise decay of the learning rate and unfreezing from the top go by it.
 */
public final class WeightDepth {
    private final Map<String, Integer> below = new HashMap<>();
    private int blocks;

    private WeightDepth() {}

    /**
     * @param model with one input, its shapes inferred; left as it is
     * @throws HoneException if it has several inputs
     */
    public static WeightDepth of(Model model) {
        Model copy = model.copy();
        long inputs =
                copy.graph().inputs().stream().filter(v -> v.constant() == null).count();
        if (inputs != 1) {
            throw new HoneException("the model has " + inputs + " inputs, expected one: its blocks are not in series");
        }
        WeightDepth depth = new WeightDepth();
        Set<String> weights = new HashSet<>(Parameters.names(copy.graph()));
        Map<String, Integer> block = new HashMap<>();
        for (Segment segment : Blocks.of(copy.graph())) {
            boolean counts = false;
            for (Node node : segment.nodes()) {
                for (Value read : node.reads()) {
                    if (weights.contains(read.name()) && block.putIfAbsent(read.name(), depth.blocks) == null) {
                        counts = true;
                    }
                }
            }
            depth.blocks += counts ? 1 : 0;
        }
        block.forEach((name, index) -> depth.below.put(name, depth.blocks - 1 - index));
        return depth;
    }

    /** Number of blocks with weights. */
    public int blocks() {
        return blocks;
    }

    /** Blocks with weights between a weight and the output, 0 in the head; a name that is no weight's counts as the head's. */
    public int of(String name) {
        return below.getOrDefault(name, 0);
    }

    /**
     * Factors on the learning rate that fall towards the input: {@code decay^d} at depth d, 1 in the head.
     *
     * @param decay more than 0, at most 1
     */
    public ToDoubleFunction<String> decay(double decay) {
        if (!(decay > 0 && decay <= 1)) {
            throw new HoneException(
                    "layer-wise decay of the learning rate is " + decay + ", expected more than 0 and at most 1");
        }
        return name -> Math.pow(decay, of(name));
    }

    /** The weights below the top: all but those of the last {@code top} blocks. */
    public Predicate<String> belowTop(int top) {
        return name -> of(name) >= top;
    }
}
