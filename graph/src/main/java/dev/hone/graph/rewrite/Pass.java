package dev.hone.graph.rewrite;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;

/**
 * A transformation of a graph and its subgraphs. It requires opset {@link Model#OPSET} or later, and leaves the graph
 * sorted, with inferred types and shapes for new values.
 */
public interface Pass {
    /** The name for lookup, in kebab case. */
    String name();

    /** A one-sentence description. */
    String description();

    /** Rewrites the graph in place. @return whether anything changed */
    boolean run(Graph graph);

    /**
     * Rewrites the model's graph in place; functions are not changed.
     *
     * @return whether anything changed
     * @throws GraphException if the model's opset is older than {@link Model#OPSET}
     */
    default boolean run(Model model) {
        if (model.opset() < Model.OPSET) {
            throw new GraphException("pass " + name() + " needs opset " + Model.OPSET + ", the model has "
                    + model.opset() + "; upgrade it first");
        }
        return run(model.graph());
    }
}
