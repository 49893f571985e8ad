package dev.hone.graph.rewrite;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Removes nodes and initializers that no output depends on, here and in subgraphs. A node is kept if any of its outputs
 * is used; graph inputs are always kept.
 */
public final class RemoveDeadCode implements Pass {
    @Override
    public String name() {
        return "remove-dead-code";
    }

    @Override
    public String description() {
        return "Remove nodes and initializers that no output depends on.";
    }

    @Override
    public boolean run(Graph graph) {
        return clean(graph);
    }

    private static boolean clean(Graph graph) {
        graph.sort();
        boolean changed = false;
        List<Node> nodes = new ArrayList<>(graph.nodes());
        Collections.reverse(nodes);
        for (Node node : nodes) {
            if (node.outputs().stream().allMatch(v -> v == null || v.isUnused())) {
                graph.remove(node);
                changed = true;
            } else {
                for (Graph subgraph : node.subgraphs()) {
                    changed |= clean(subgraph);
                }
            }
        }
        for (Value constant : List.copyOf(graph.constants())) {
            if (constant.isUnused() && !constant.isInput()) {
                graph.removeConstant(constant);
                changed = true;
            }
        }
        return changed;
    }
}
