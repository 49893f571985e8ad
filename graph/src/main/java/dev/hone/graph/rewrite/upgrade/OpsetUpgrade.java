package dev.hone.graph.rewrite.upgrade;

import dev.hone.core.HoneException;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.op.ShapeRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings models of older operator sets up to {@link Model#OPSET}: each node goes through the changes of its operator
 * that lie between, in order ({@link Adapters}). Types and shapes are inferred on the way.
 */
public final class OpsetUpgrade {
    /** Before it, broadcasting and training were different in almost every operator. */
    private static final long OLDEST = 7;

    /** What {@link Model#OPSET} requires. */
    private static final long IR_VERSION = 10;

    private OpsetUpgrade() {}

    /**
     * In place, the nodes of subgraphs and function bodies included. A model of that operator set or a newer one stays
     * as it is.
     *
     * @throws GraphException if the model is older than operator set 7 or a node has no successor
     */
    public static void toCurrent(Model model) {
        if (model.opsets().containsKey("") && model.opset() < Model.OPSET) {
            upgrade(model.graph(), model.opset());
            model.opsets().put("", Model.OPSET);
            model.setIrVersion(Math.max(model.irVersion(), IR_VERSION));
        }
        model.functions().replaceAll(OpsetUpgrade::upgraded);
    }

    private static Function upgraded(Function f) {
        long version = f.opsets().getOrDefault("", Model.OPSET);
        if (version >= Model.OPSET) {
            return f;
        }
        upgrade(f.body(), version);
        Map<String, Long> opsets = new LinkedHashMap<>(f.opsets());
        opsets.put("", Model.OPSET);
        return new Function(
                f.domain(), f.name(), f.overload(), f.attributes(), f.defaults(), f.body(), opsets, f.doc());
    }

    private static void upgrade(Graph graph, long version) {
        if (version < OLDEST) {
            throw new GraphException("the model uses operator set " + version + ", the oldest that can be read is "
                    + OLDEST + "; export it again with a newer one");
        }
        graph.sort();
        for (Node node : List.copyOf(graph.nodes())) {
            if (node.domain().isEmpty()) {
                adapt(node, version);
            }
            node.subgraphs().forEach(subgraph -> upgrade(subgraph, version));
            if (graph.nodes().contains(node)) {
                infer(node);
            }
        }
        graph.sort();
    }

    private static void infer(Node node) {
        try {
            ShapeRules.infer(node);
        } catch (HoneException e) {
            // Shapes that a file states wrongly do not keep it from being read; the verifier reports them.
            return;
        }
    }

    private static void adapt(Node node, long from) {
        long version = from;
        Map.Entry<Integer, Adapter> next;
        while ((next = Adapters.after(version, node.op())) != null && next.getKey() <= Model.OPSET) {
            next.getValue().adapt(node);
            version = next.getKey();
        }
    }
}
