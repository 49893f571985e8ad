package dev.hone.graph.expand;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;

/** How an operator is computed by simpler operators. */
@FunctionalInterface
public interface Expansion {
    /**
     * Adds the nodes that compute what a node computes. The node itself is only read.
     *
     * @return by output of the node, of the same type and shape; shorter, or null where the node lacks the output
     * @throws dev.hone.graph.GraphException if a setting of the node, or a rank that must be known, has no expansion
     */
    List<Value> expand(Ops o, Node n);
}
