package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces the calls of a model's own functions by the nodes of their bodies, in the graph, its subgraphs, and in what was
 * inlined. Outputs keep their names. Afterwards the model has no functions.
 */
public final class InlineFunctions {
    /** More nodes than any real model has. Functions that each call the next one twice grow beyond any bound. */
    private static final int MOST_NODES = 1 << 20;

    private final Map<String, Function> functions = new LinkedHashMap<>();
    private int inlined;

    private InlineFunctions(Model model) {
        for (Function function : model.functions()) {
            functions.put(key(function.domain(), function.name(), function.overload()), function);
            function.opsets().forEach((domain, version) -> {
                Long present = model.opsets().putIfAbsent(domain, version);
                if (present != null && !present.equals(version)) {
                    throw new GraphException("function " + function.name() + " uses version " + version
                            + " of the operators '" + domain + "', the model version " + present
                            + "; its calls cannot be inlined");
                }
            });
        }
    }

    /**
     * @return whether the model had functions
     * @throws GraphException if a function uses another opset than the model, or the result is too large
     */
    public static boolean run(Model model) {
        if (model.functions().isEmpty()) {
            return false;
        }
        InlineFunctions pass = new InlineFunctions(model);
        pass.inline(model.graph());
        model.functions().clear();
        ShapeInference.run(model);
        return true;
    }

    private static String key(String domain, String name, String overload) {
        return domain + "." + name + ":" + overload;
    }

    private void inline(Graph graph) {
        Deque<Node> open = new ArrayDeque<>(graph.nodes());
        while (!open.isEmpty()) {
            Node node = open.pop();
            Function function = functions.get(key(node.domain(), node.op(), node.overload()));
            if (function != null) {
                replace(node, function).forEach(open::push);
            } else {
                node.subgraphs().forEach(this::inline);
            }
        }
        graph.sort();
    }

    /** @return the nodes in the place of the call */
    private List<Node> replace(Node call, Function function) {
        Graph graph = call.graph();
        inlined += function.body().nodes().size();
        if (inlined > MOST_NODES) {
            throw new GraphException(
                    call, "the model's functions have more than " + MOST_NODES + " nodes when inlined");
        }
        Graph.Inserted made =
                graph.insert(function.body(), call.inputs(), reference -> attribute(call, function, reference));
        List<Value> results = made.outputs();
        Set<Node> nodes = new LinkedHashSet<>(made.nodes());
        for (Node node : nodes) {
            boolean named = !call.name().isEmpty() && !node.name().isEmpty();
            node.setName(named ? call.name() + "/" + node.name() : "");
        }
        for (int i = 0; i < call.outputs().size(); i++) {
            Value old = call.output(i);
            Value result = i < results.size() ? results.get(i) : null;
            if (old == null || old.isUnused()) {
                continue;
            }
            if (result == null) {
                throw new GraphException(call, "its function gives no output " + i + ", which is read");
            }
            // A result that the function only passes on, or gives twice, cannot take the name of an output.
            boolean own = nodes.contains(result.producer())
                    && results.stream().filter(v -> v == result).count() == 1;
            GraphEdits.replaceByNew(
                    old, own ? result : graph.addNode("Identity", result).output());
        }
        graph.remove(call);
        return made.nodes();
    }

    private static Attribute attribute(Node call, Function function, Attribute.Reference reference) {
        Attribute given = call.attribute(reference.name());
        return given != null ? given : function.defaults().get(reference.name());
    }
}
