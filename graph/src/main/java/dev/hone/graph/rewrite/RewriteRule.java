package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import java.util.Set;

/**
 * A local rewriting of the nodes around one node. The walker ({@link RewriteRules}) finds the nodes, runs rules until none
 * matches, and keeps the graph sorted and free of the nodes that a rewriting leaves unread; a rule says only what
 * matches and what takes its place.
 */
public interface RewriteRule {
    /** The operators, of ONNX's own domain, at whose nodes it is tried. */
    Set<String> operators();

    /** Looks without changing anything. */
    Match match(Node node);

    /** What it does, in one sentence. */
    String sentence();

    /** The name by which it is asked for: the class name in kebab case. */
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }
}
