package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import java.util.Set;

/**
 * A local rewrite of the nodes around one node. The walker ({@link RewriteRules}) finds the nodes, applies rules until
 * none matches, keeps the graph sorted and removes unused nodes; a rule only defines the pattern and its replacement.
 */
public interface RewriteRule {
    /** The operators of the ONNX domain at which it is tried. */
    Set<String> operators();

    /**
     * The operators that the replacement has and the pattern may not have, of {@link RuntimeKernels}: the walker applies
     * the rule only in element types in which the runtime has all of them.
     */
    default Set<String> makes() {
        return Set.of();
    }

    /** Matches without changing the graph; the type of the output is the walker's concern. */
    Match match(Node node);

    /** A one-sentence description. */
    String description();

    /** The name for lookup: the class name in kebab case. */
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }
}
