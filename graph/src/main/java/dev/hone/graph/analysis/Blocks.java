package dev.hone.graph.analysis;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.List;

/**
 * The blocks of a network: the smallest stages with weights between which there is a single value. A residual block is one,
 * a layer of a plain network with its normalization and activation is one.
 */
public final class Blocks {
    private Blocks() {}

    /**
     * @param graph with one input; its shapes inferred
     * @return in series, together all nodes
     */
    public static List<Segment> of(Graph graph) {
        return SeriesCuts.of(graph, graph.inputs().get(0), Blocks::mayCut, Blocks::hasKernel, 1);
    }

    private static boolean hasKernel(Node node) {
        return OperatorTraits.of(node).input(Role.KERNEL) != null;
    }

    /** Normalizations, activations, pooling and changes of form that alone read a value belong to what is in front of them. */
    private static boolean mayCut(Value value) {
        if (value.uses().size() != 1) {
            return true;
        }
        Use use = value.uses().iterator().next();
        OperatorTraits reader = OperatorTraits.of(use.node());
        boolean follows = reader.is(Fact.ELEMENTWISE)
                || reader.is(Fact.VIEW)
                || reader.is(Fact.HOMOGENEOUS)
                || reader.is(Fact.LINK)
                || reader.input(Role.SCALE) != null && !hasKernel(use.node());
        return !follows;
    }
}
