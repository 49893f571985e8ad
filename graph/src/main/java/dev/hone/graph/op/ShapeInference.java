package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shape inference over whole graphs: {@link ShapeRules} applied to each node in topological order. */
public final class ShapeInference {
    private ShapeInference() {}

    /**
     * Infers types and shapes of every value of a model, through subgraphs and through calls of the model's own functions.
     *
     * @throws dev.hone.graph.GraphException if shapes contradict an operator, or the graph has a cycle
     */
    public static void run(Model model) {
        Map<String, Function> functions = new LinkedHashMap<>();
        for (Function function : model.functions()) {
            functions.put(key(function.domain(), function.name(), function.overload()), function);
        }
        run(model.graph(), functions);
    }

    /** The same for a graph without functions; bodies of If, Loop and Scan are included. */
    public static void run(Graph graph) {
        run(graph, Map.of());
    }

    /**
     * Puts numbers (or other dimensions) in for the symbols of a graph's inputs, {@code N} to 1, say, and infers all
     * shapes anew. Symbols that are not named stay.
     */
    public static void bind(Graph graph, Map<String, Dim> symbols) {
        for (Value value : graph.values()) {
            Shape shape = value.shape();
            if (shape != null && value.constant() == null) {
                value.setShape(new Shape(shape.dims().stream()
                        .map(d -> d.substitute(symbols::get))
                        .toList()));
            }
        }
        for (Node node : graph.nodes()) {
            node.subgraphs().forEach(subgraph -> bind(subgraph, symbols));
        }
        if (graph.owner() == null) {
            run(graph);
        }
    }

    /** Forgets the shapes and known elements of all node outputs, here and in subgraphs; inputs keep theirs. */
    public static void clear(Graph graph) {
        for (Node node : graph.nodes()) {
            for (Value output : node.outputs()) {
                if (output != null) {
                    output.setShape(null);
                    output.setElements(null);
                }
            }
            node.subgraphs().forEach(ShapeInference::clear);
        }
    }

    /**
     * The same, except for operators without a rule: what a file declares of their outputs is all there is to know of
     * them, and stays.
     */
    static void clearInferred(Graph graph) {
        for (Node node : graph.nodes()) {
            for (Value output : node.outputs()) {
                if (output != null && ShapeRules.isKnown(node)) {
                    output.setShape(null);
                    output.setElements(null);
                }
            }
            node.subgraphs().forEach(ShapeInference::clearInferred);
        }
    }

    private static void run(Graph graph, Map<String, Function> functions) {
        graph.sort();
        for (Node node : graph.nodes()) {
            Function function = functions.get(key(node.domain(), node.op(), node.overload()));
            if (function != null) {
                call(node, function, functions);
            } else {
                ShapeRules.infer(node);
            }
        }
    }

    private static String key(String domain, String name, String overload) {
        return domain + "." + name + ":" + overload;
    }

    /** Runs through the function's body with the caller's inputs and attributes in place, then takes them out again. */
    private static void call(Node node, Function function, Map<String, Function> functions) {
        Graph body = function.body();
        List<Runnable> declared = new ArrayList<>();
        remember(body, declared);
        int inputs = body.inputs().size();
        clearInferred(body);
        for (int i = 0; i < inputs; i++) {
            Value actual = node.input(i);
            Value formal = body.inputs().get(i);
            formal.setType(actual == null ? null : actual.type());
            formal.setShape(actual == null ? null : actual.shape());
            formal.setElements(actual == null ? null : actual.elements());
        }
        Map<Node, Map<String, Attribute>> references = new LinkedHashMap<>();
        resolve(body, node, function, references);
        try {
            run(body, functions);
            ShapeContext caller = new ShapeContext(node);
            for (int i = 0; i < Math.min(node.outputs().size(), body.outputs().size()); i++) {
                Value result = body.outputs().get(i);
                caller.outputType(i, result.type());
                caller.output(i, result.shape());
                if (node.output(i) != null) {
                    node.output(i).setElements(result.elements());
                }
            }
        } finally {
            references.forEach((inner, originals) -> originals.forEach(inner::set));
            declared.forEach(Runnable::run);
        }
    }

    /** Collects what brings back the types and shapes that a body has now, which another call would see otherwise. */
    private static void remember(Graph body, List<Runnable> restoring) {
        for (Value value : body.values()) {
            if (value.constant() == null) {
                ElementType type = value.type();
                Shape shape = value.shape();
                List<Dim> elements = value.elements();
                restoring.add(() -> value.setType(type).setShape(shape).setElements(elements));
            }
        }
        body.nodes().forEach(node -> node.subgraphs().forEach(subgraph -> remember(subgraph, restoring)));
    }

    private static void resolve(
            Graph body, Node caller, Function function, Map<Node, Map<String, Attribute>> references) {
        for (Node inner : body.nodes()) {
            Map<String, Attribute> originals = new LinkedHashMap<>();
            for (Map.Entry<String, Attribute> entry : inner.attributes().entrySet()) {
                if (entry.getValue() instanceof Attribute.Reference) {
                    originals.put(entry.getKey(), entry.getValue());
                }
            }
            originals.forEach((name, reference) -> {
                String asked = ((Attribute.Reference) reference).name();
                Attribute given = caller.attribute(asked);
                inner.set(name, given != null ? given : function.defaults().get(asked));
            });
            references.put(inner, originals);
            inner.subgraphs().forEach(subgraph -> resolve(subgraph, caller, function, references));
        }
    }
}
