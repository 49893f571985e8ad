package dev.hone.graph.analysis;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.List;

/**
 * A part of a network with one way in and one way out: whatever it computes depends on the rest of the network through
 * {@code in} alone, and the rest of the network reads {@code out} alone, apart from outputs of the model inside it.
 *
 * @param nodes in topological order
 * @param outputs outputs of the model that it computes besides {@code out}
 */
public record Segment(int index, Value in, Value out, List<Node> nodes, List<Value> outputs) {
    /** Whether control flow (If, Loop, Scan) is in it, which is left as it is. */
    public boolean isFixed() {
        return nodes.stream().anyMatch(node -> !node.subgraphs().isEmpty());
    }

    /** The name of its first and last node. */
    public String name() {
        String first = nodes.get(0).output().name();
        String last = out.name();
        return nodes.size() == 1 ? last : first + " .. " + last;
    }
}
