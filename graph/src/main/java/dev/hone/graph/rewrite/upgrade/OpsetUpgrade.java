package dev.hone.graph.rewrite.upgrade;

import dev.hone.core.HoneException;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.op.ShapeRules;
import dev.hone.graph.verify.Verifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings models to {@link Model#OPSET}. Those of older opsets are upgraded: all changes of each node's operator are applied
 * in order ({@link Adapters}), and types and shapes are inferred. Those of later ones are relabelled where they use nothing
 * that is new there: the opsets 22 to 25 added element types and operators and changed the meaning of none, while ONNX
 * Runtime has no kernels for some of their versions (RoiAlign, MaxRoiPool and GlobalLpPool since 22, in 1.29).
 */
public final class OpsetUpgrade {
    /** In earlier versions, broadcasting and training semantics differ in almost every operator. */
    private static final long OLDEST = 7;

    /** The IR version required by {@link Model#OPSET}. */
    private static final long IR_VERSION = 10;

    /** The latest opset that is known to have changed the meaning of no operator of {@link Model#OPSET}. */
    private static final long LATEST_UNCHANGED = 25;

    private OpsetUpgrade() {}

    /**
     * Upgrades a model in place, including subgraphs and function bodies. A model of a later opset that uses an operator,
     * attribute or element type which is new there is not changed.
     *
     * @throws GraphException if the opset is older than 7 or a node cannot be converted
     */
    public static void toCurrent(Model model) {
        if (!model.opsets().containsKey("")) {
            if (usesOnnx(model.graph())) {
                throw new GraphException(
                        "the model does not say which opset its ONNX operators are of; the file is damaged, export it again");
            }
            // Of trees alone, say; what passes add to it is of this opset.
            model.opsets().put("", Model.OPSET);
        }
        if (model.opset() < Model.OPSET) {
            upgrade(model.graph(), model.opset());
            model.opsets().put("", Model.OPSET);
            model.setIrVersion(Math.max(model.irVersion(), IR_VERSION));
        }
        model.functions().replaceAll(OpsetUpgrade::upgraded);
        if (model.opset() > Model.OPSET && model.opset() <= LATEST_UNCHANGED) {
            relabel(model);
        }
    }

    private static boolean usesOnnx(Graph graph) {
        return graph.nodes().stream()
                .anyMatch(node ->
                        node.domain().isEmpty() || node.subgraphs().stream().anyMatch(OpsetUpgrade::usesOnnx));
    }

    private static void relabel(Model model) {
        long opset = model.opset();
        List<Function> functions = List.copyOf(model.functions());
        model.opsets().put("", Model.OPSET);
        model.functions().replaceAll(OpsetUpgrade::current);
        if (!Verifier.problems(model).isEmpty()) {
            model.opsets().put("", opset);
            model.functions().clear();
            model.functions().addAll(functions);
        }
    }

    private static Function upgraded(Function f) {
        long version = f.opsets().getOrDefault("", Model.OPSET);
        if (version >= Model.OPSET) {
            return f;
        }
        upgrade(f.body(), version);
        return current(f);
    }

    private static Function current(Function f) {
        if (!f.opsets().containsKey("")) {
            return f;
        }
        Map<String, Long> opsets = new LinkedHashMap<>(f.opsets());
        opsets.put("", Model.OPSET);
        return new Function(
                f.domain(), f.name(), f.overload(), f.attributes(), f.defaults(), f.body(), opsets, f.doc());
    }

    private static void upgrade(Graph graph, long version) {
        if (version < OLDEST) {
            throw new GraphException("the model uses opset " + version + ", the oldest supported one is " + OLDEST
                    + "; export it again with a newer one");
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
            // Wrong shapes in a file do not prevent reading; the verifier reports them.
            return;
        }
    }

    /** A file may hold anything; an adapter need not ask whether a node has what its operator always has. */
    private static void adapt(Node node, long from) {
        long version = from;
        Map.Entry<Integer, Adapter> next;
        while ((next = Adapters.after(version, node.op())) != null && next.getKey() <= Model.OPSET) {
            try {
                next.getValue().adapt(node);
            } catch (HoneException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new GraphException(
                        node.label() + ": its inputs or attributes are not those of " + node.op() + " in opset "
                                + version,
                        e);
            }
            version = next.getKey();
        }
    }
}
