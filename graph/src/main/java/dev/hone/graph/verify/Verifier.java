package dev.hone.graph.verify;

import dev.hone.core.HoneException;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a model is valid: every value is defined once, before its uses and in scope; operators are known and have
 * valid inputs, outputs and attributes; types and shapes agree with inference. Reports all problems, one line each,
 * starting with the node.
 *
 * <p>Operators of other domains are not checked. Operators of the ONNX domain are checked against {@link Model#OPSET};
 * for a model with another opset only the structure is checked.
 */
public final class Verifier {
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Function> functions;
    private final boolean signatures;

    private Verifier(Map<String, Function> functions, boolean signatures) {
        this.functions = functions;
        this.signatures = signatures;
    }

    /** @throws GraphException with the first problem and the number of further ones */
    public static void check(Model model) {
        fail(problems(model));
    }

    /** Checks a graph of opset {@link Model#OPSET} without functions. */
    public static void check(Graph graph) {
        fail(problems(graph));
    }

    private static void fail(List<String> problems) {
        if (!problems.isEmpty()) {
            int more = problems.size() - 1;
            throw new GraphException(problems.get(0) + (more > 0 ? " (and " + more + " more)" : ""));
        }
    }

    /**
     * Checks what rewriting, gradients and quantization take for granted, so that a file without it is refused when it is
     * read: each node of a known operator has the inputs, outputs and attributes that the operator requires, of the right
     * kind. Takes no shapes or types into account, and fewer than {@link #check}: what the runtime may accept stays.
     *
     * @param model of opset {@link Model#OPSET} or later
     * @throws GraphException with the first problem and the number of further ones
     */
    public static void checkNodes(Model model) {
        Map<String, Function> functions = new HashMap<>();
        model.functions().forEach(f -> functions.put(key(f.domain(), f.name(), f.overload()), f));
        Verifier verifier = new Verifier(functions, false);
        if (model.graph().outputs().isEmpty()) {
            verifier.problems.add("the model has no outputs; export it again with the values it is to give");
        }
        verifier.required(model.graph());
        model.functions().forEach(f -> verifier.required(f.body()));
        fail(verifier.problems);
    }

    private void required(Graph graph) {
        for (Node node : graph.nodes()) {
            if (called(node) == null) {
                SignatureChecks.checkRequired(node, problems);
            }
            node.subgraphs().forEach(this::required);
        }
    }

    public static List<String> problems(Graph graph) {
        Verifier verifier = new Verifier(Map.of(), true);
        verifier.graph(graph, Set.of(), false);
        return verifier.problems;
    }

    public static List<String> problems(Model model) {
        Map<String, Function> functions = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (Function function : model.functions()) {
            if (functions.put(key(function.domain(), function.name(), function.overload()), function) != null) {
                problems.add("function " + title(function) + " is defined twice");
            }
        }
        Verifier main = new Verifier(functions, model.opset() == Model.OPSET);
        main.graph(model.graph(), Set.of(), false);
        main.imports(model.graph(), model.opsets(), "the model");
        problems.addAll(main.problems);
        for (Function function : model.functions()) {
            Verifier inner = new Verifier(functions, function.opsets().getOrDefault("", Model.OPSET) == Model.OPSET);
            inner.graph(function.body(), Set.of(), true);
            inner.imports(function.body(), function.opsets(), "the function");
            if (inner.calls(function, function.body(), new LinkedHashSet<>())) {
                inner.problems.add("calls itself");
            }
            inner.problems.forEach(p -> problems.add("in function " + title(function) + ": " + p));
        }
        return problems;
    }

    private static String title(Function function) {
        return function.domain() + "." + function.name();
    }

    private static String key(String domain, String name, String overload) {
        return domain + "." + name + ":" + overload;
    }

    private Function called(Node node) {
        return functions.isEmpty() ? null : functions.get(key(node.domain(), node.op(), node.overload()));
    }

    // ---- structure

    /** @param around the enclosing graphs, already checked */
    private void graph(Graph graph, Set<Graph> around, boolean references) {
        Set<Graph> visible = Collections.newSetFromMap(new IdentityHashMap<>());
        visible.addAll(around);
        visible.add(graph);
        formals(graph);
        try {
            graph.sort();
        } catch (HoneException e) {
            problems.add(e.getMessage());
        }
        for (Node node : List.copyOf(graph.nodes())) {
            outputs(node);
            inputs(node, visible);
            if (called(node) != null) {
                SignatureChecks.checkCall(node, called(node), problems);
            } else if (signatures) {
                SignatureChecks.check(node, references, problems);
            }
            if (signatures) {
                InferenceChecks.check(node, problems);
            }
            for (Graph subgraph : node.subgraphs()) {
                if (subgraph.owner() != node) {
                    problems.add(node.label() + ": its graph '" + subgraph.name() + "' belongs to another node");
                }
                graph(subgraph, visible, references);
            }
        }
        for (Value output : graph.outputs()) {
            String fault = fault(output, visible);
            if (fault != null) {
                problems.add("graph '" + graph.name() + "': output " + fault);
            }
        }
    }

    /** The names of inputs and outputs must be unique; other names are made unique on writing. */
    private void formals(Graph graph) {
        Map<String, Value> names = new HashMap<>();
        Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Value input : graph.inputs()) {
            if (!seen.add(input)) {
                problems.add("graph '" + graph.name() + "': input '" + input.name() + "' is listed twice");
            } else if (names.put(input.name(), input) != null) {
                problems.add("graph '" + graph.name() + "': two inputs are named '" + input.name() + "'");
            }
            if (input.producer() != null) {
                problems.add("graph '" + graph.name() + "': input '" + input.name() + "' is also an output of "
                        + input.producer().label());
            }
        }
        for (Value output : graph.outputs()) {
            Value other = names.putIfAbsent(output.name(), output);
            if (other != null && other != output) {
                problems.add("graph '" + graph.name() + "': output '" + output.name()
                        + "' has the name of another output or input");
            }
        }
    }

    private void outputs(Node node) {
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.output(i);
            if (output == null) {
                continue;
            }
            if (output.producer() != node || output.producerIndex() != i) {
                problems.add(node.label() + ": output " + i + " '" + output.name() + "' is assigned twice");
            }
            if (output.name() == null || output.name().isEmpty()) {
                problems.add(node.label() + ": output " + i + " has no name");
            }
        }
    }

    private void inputs(Node node, Set<Graph> visible) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input == null) {
                continue;
            }
            String fault = fault(input, visible);
            if (fault != null) {
                problems.add(node.label() + ": input " + i + " " + fault);
            }
            if (!input.uses().contains(new Use(node, i))) {
                problems.add(node.label() + ": input " + i + " '" + input.name() + "' does not list this use");
            }
        }
    }

    /** Why a value is not in scope of the given graphs, or null. */
    private static String fault(Value value, Set<Graph> visible) {
        Graph home = value.graph();
        if (!visible.contains(home)) {
            return "'" + value.name() + "' belongs to graph '" + home.name() + "', which does not enclose the reader";
        }
        boolean defined = value.producer() != null
                ? home.nodes().contains(value.producer())
                : value.constant() != null && home.constants().contains(value)
                        || home.inputs().contains(value);
        return defined ? null : "'" + value.name() + "' is not an input, initializer or node output of its graph";
    }

    // ---- functions and domains

    private void imports(Graph graph, Map<String, Long> opsets, String owner) {
        for (Node node : graph.nodes()) {
            if (!opsets.containsKey(node.domain())) {
                problems.add(node.label() + ": " + owner + " imports no opset of domain '" + node.domain() + "'");
            }
            node.subgraphs().forEach(subgraph -> imports(subgraph, opsets, owner));
        }
    }

    /** Whether a graph calls a function, directly or indirectly. */
    private boolean calls(Function function, Graph graph, Set<Function> seen) {
        for (Node node : graph.nodes()) {
            Function called = called(node);
            if (called == function
                    || called != null && seen.add(called) && calls(function, called.body(), seen)
                    || node.subgraphs().stream().anyMatch(g -> calls(function, g, seen))) {
                return true;
            }
        }
        return false;
    }
}
