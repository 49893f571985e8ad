package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic depth (Huang et al. 2016): each residual branch is left out of a training step with some probability, for each
 * sample on its own, and divided by the probability that it stays. The probability rises linearly from 0 in the first block
 * to the given one in the last, as timm's networks have it. Residual branches are found in the graph, so that any network
 * that has them can be trained so; at inference nothing changes.
 */
final class StochasticDepth {
    private final Graph graph;
    /** Layers with kernels on the longest way from the inputs to a value; missing for what depends on no input. */
    private final Map<Value, Integer> layers = new HashMap<>();

    private StochasticDepth(Graph graph) {
        this.graph = graph;
        graph.sort();
        graph.inputs().stream().filter(v -> v.constant() == null).forEach(v -> layers.put(v, 0));
        for (Node node : graph.nodes()) {
            int longest = node.reads().stream()
                    .mapToInt(v -> layers.getOrDefault(v, -1))
                    .max()
                    .orElse(-1);
            if (longest >= 0) {
                int own = OperatorTraits.of(node).input(Role.KERNEL) == null ? 0 : 1;
                node.outputs().stream().filter(y -> y != null).forEach(y -> layers.put(y, longest + own));
            }
        }
    }

    /** Where a residual branch ends: an input of an addition. */
    private record Branch(Node add, int input) {}

    /**
     * The ends of residual branches, from the input to the output: additions of two values of one shape, both computed from
     * the input, the one with two or more layers on its way being the branch where the other has fewer.
     */
    private List<Branch> branches() {
        List<Branch> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (!node.is("Add") || node.input(0) == node.input(1)) {
                continue;
            }
            Integer first = layers.get(node.input(0));
            Integer second = layers.get(node.input(1));
            boolean same = node.input(0).shape() != null
                    && node.input(0).shape().equals(node.input(1).shape());
            if (first != null && second != null && same && !first.equals(second)) {
                found.add(new Branch(node, first > second ? 0 : 1));
            }
        }
        return found;
    }

    /**
     * Puts masks behind the branches.
     *
     * @param rate probability in the last block, more than 0 and less than 1
     * @param shapes of the masks' uniform random numbers by the names of their inputs; those made are added
     */
    static void apply(Graph graph, double rate, Map<String, long[]> shapes) {
        StochasticDepth depth = new StochasticDepth(graph);
        List<Branch> branches = depth.branches();
        Ops o = new Ops(graph);
        for (int i = 0; i < branches.size(); i++) {
            double dropped = branches.size() == 1 ? rate : rate * i / (branches.size() - 1);
            if (dropped > 0) {
                Branch branch = branches.get(i);
                Value x = branch.add().input(branch.input());
                branch.add().setInput(branch.input(), masked(o, x, dropped, shapes));
            }
        }
        graph.sort();
    }

    /** How many residual branches a network has. */
    static int count(Graph graph) {
        return new StochasticDepth(graph).branches().size();
    }

    private static Value masked(Ops o, Value x, double dropped, Map<String, long[]> shapes) {
        long[] dims = new long[x.shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = x.shape().size(0);
        String name = StepGraph.DROPOUT + shapes.size();
        shapes.put(name, dims);
        Value u = o.graph().addInput(name, ElementType.FLOAT, Shape.of(dims));
        Value kept = o.cast(o.op("GreaterOrEqual", u, o.constant((float) dropped)), ElementType.FLOAT);
        return o.mul(x, o.mul(kept, 1 / (1 - dropped)));
    }
}
