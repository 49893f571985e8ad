package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.Set;

/** Nodes that draw at random whenever a model runs: its scores would not be the same twice, nor what explains them. */
final class RandomOperators {
    private static final Set<String> OPERATORS = Set.of(
            "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial");

    private RandomOperators() {}

    /** @throws GraphException naming the first such node, in subgraphs too; dead code is to be removed before */
    static void refuse(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.domain().isEmpty() && (OPERATORS.contains(node.op()) || isActiveDropout(node))) {
                throw new GraphException(node.label() + " is random whenever the model runs, so that its outputs, and"
                        + " what explains them, are never the same twice; export the model in inference mode"
                        + " (PyTorch: model.eval()), or replace what it samples by a constant");
            }
            node.subgraphs().forEach(RandomOperators::refuse);
        }
    }

    private static boolean isActiveDropout(Node node) {
        Value training = node.op().equals("Dropout") && node.inputs().size() > 2 ? node.input(2) : null;
        return training != null
                && !(training.isConstant() && training.constant().longs()[0] == 0);
    }
}
