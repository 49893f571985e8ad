package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The walker: applies rules to every node of a graph and its subgraphs until none of them matches. */
public final class RewriteRules implements Pass {
    /** More sweeps than any chain of rewrites needs; beyond it two rules undo each other. */
    private static final int SWEEPS = 1000;

    private final String name;
    private final String description;
    private final Map<String, List<RewriteRule>> byOperator = new HashMap<>();

    public RewriteRules(String name, String description, List<RewriteRule> rules) {
        this.name = name;
        this.description = description;
        for (RewriteRule rule : rules) {
            for (String operator : rule.operators()) {
                byOperator.computeIfAbsent(operator, k -> new ArrayList<>()).add(rule);
            }
        }
    }

    /** One rule as a pass. */
    public static Pass of(RewriteRule rule) {
        return new RewriteRules(rule.name(), rule.description(), List.of(rule));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean run(Graph graph) {
        boolean changed = false;
        int sweeps = 0;
        while (sweep(graph)) {
            changed = true;
            if (++sweeps > SWEEPS) {
                throw new IllegalStateException("the rules of " + name + " do not terminate");
            }
        }
        return changed;
    }

    private boolean sweep(Graph graph) {
        graph.sort();
        boolean changed = false;
        for (Node node : List.copyOf(graph.nodes())) {
            changed |= graph.nodes().contains(node) && rewrite(node);
            // A node that was replaced may have had branches, which are dead or elsewhere now.
            for (Graph subgraph : graph.nodes().contains(node) ? node.subgraphs() : List.<Graph>of()) {
                changed |= sweep(subgraph);
            }
        }
        if (changed) {
            graph.sort();
        }
        return changed;
    }

    /** Matches a rule; declines where the runtime could not run what it makes. */
    static Match match(RewriteRule rule, Node node) {
        ElementType type = node.output() == null ? null : node.output().type();
        for (String made : rule.makes()) {
            if (!RuntimeKernels.has(made, type)) {
                return Match.declined("the runtime has no " + made + " of type " + (type == null ? "unknown" : type));
            }
        }
        return rule.match(node);
    }

    private boolean rewrite(Node node) {
        if (!node.domain().isEmpty()) {
            return false;
        }
        for (RewriteRule rule : byOperator.getOrDefault(node.op(), List.of())) {
            if (match(rule, node) instanceof Match.Found found) {
                found.rewrite().run();
                GraphEdits.prune(node);
                return true;
            }
        }
        return false;
    }
}
