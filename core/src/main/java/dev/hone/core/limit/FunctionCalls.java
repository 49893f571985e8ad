package dev.hone.core.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which functions of a model call which, how deep that goes, and how many nodes come of it. */
final class FunctionCalls {
    /** Nodes of one graph or function body, subgraphs included: how many, and how often each operator. */
    static final class Body {
        private long nodes;
        private final Map<String, Long> operators = new HashMap<>();

        void node(String operator) {
            nodes++;
            Long before = operators.get(operator);
            operators.put(operator, before == null ? 1 : before + 1);
        }
    }

    private record Size(double nodes, int depth) {}

    private final Map<String, Body> functions = new HashMap<>();
    private final Map<String, Size> sizes = new HashMap<>();
    private final Set<String> open = new LinkedHashSet<>();

    /** How functions and the nodes that call them are named here. */
    static String key(String domain, String name, String overload) {
        return (domain.equals("ai.onnx") ? "" : domain + ".") + name + (overload.isEmpty() ? "" : ":" + overload);
    }

    boolean isEmpty() {
        return functions.isEmpty();
    }

    void define(String key, Body body) {
        if (functions.put(key, body) != null) {
            throw new LimitException("defines function " + key + " twice");
        }
    }

    boolean defines(String key) {
        return functions.containsKey(key);
    }

    /** @throws LimitException if functions call themselves, or expand to too much from a graph */
    void check(Body graph) {
        if (functions.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>(functions.keySet());
        all.forEach(this::size);
        double nodes = size(graph).nodes;
        if (nodes > ModelLimits.EXPANDED) {
            throw new LimitException("its functions call each other so often that they expand to "
                    + String.format(Locale.ROOT, "%.0f", nodes) + " nodes, more than "
                    + ModelLimits.EXPANDED + "; export the model without functions");
        }
    }

    private Size size(String key) {
        Size known = sizes.get(key);
        if (known != null) {
            return known;
        }
        if (!open.add(key)) {
            throw new LimitException("function " + key + " calls itself" + (open.size() > 1 ? " through others" : "")
                    + "; the file is damaged");
        }
        if (open.size() > ModelLimits.CALLS) {
            throw new LimitException("its functions call each other more than " + ModelLimits.CALLS
                    + " levels deep; export the model without functions");
        }
        Size size = size(functions.get(key));
        if (size.depth > ModelLimits.CALLS) {
            throw new LimitException("its functions call each other more than " + ModelLimits.CALLS
                    + " levels deep; export the model without functions");
        }
        open.remove(key);
        sizes.put(key, size);
        return size;
    }

    private Size size(Body body) {
        double nodes = body.nodes;
        int depth = 0;
        for (Map.Entry<String, Long> operator : body.operators.entrySet()) {
            if (functions.containsKey(operator.getKey())) {
                Size called = size(operator.getKey());
                nodes += operator.getValue() * called.nodes;
                depth = Math.max(depth, called.depth);
            }
        }
        return new Size(nodes, depth + 1);
    }
}
