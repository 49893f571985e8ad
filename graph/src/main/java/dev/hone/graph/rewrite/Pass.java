package dev.hone.graph.rewrite;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;

/**
 * A transformation of a whole graph and its subgraphs. It requires nodes of operator set {@link Model#OPSET} or newer,
 * and leaves the graph sorted, with types and shapes of the values it made.
 */
public interface Pass {
    /** The name by which it is asked for, in kebab case. */
    String name();

    /** What it does, in one sentence. */
    String sentence();

    /** Rewrites the graph in place. @return whether anything changed */
    boolean run(Graph graph);

    /**
     * Rewrites the model's graph in place; functions stay as they are.
     *
     * @return whether anything changed
     * @throws GraphException if the model's operator set is older than {@link Model#OPSET}
     */
    default boolean run(Model model) {
        if (model.opset() < Model.OPSET) {
            throw new GraphException("pass " + name() + " needs operator set " + Model.OPSET + ", the model has "
                    + model.opset() + "; bring it up to date first");
        }
        return run(model.graph());
    }
}
