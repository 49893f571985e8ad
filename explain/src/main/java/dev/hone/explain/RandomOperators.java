package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;

/** Nodes that draw at random whenever a model runs: its scores would not be the same twice, nor what explains them. */
final class RandomOperators {
    private RandomOperators() {}

    /** @throws GraphException naming the first such node, in subgraphs too; dead code is to be removed before */
    static void refuse(Graph graph) {
        for (Node node : graph.nodes()) {
            if (OperatorTraits.is(node, Fact.RANDOM) && (!node.is("Dropout") || isActive(node))) {
                throw new GraphException(node.label() + " is random whenever the model runs, so that its outputs, and"
                        + " what explains them, are never the same twice; export the model in inference mode"
                        + " (PyTorch: model.eval()), or replace what it samples by a constant");
            }
            node.subgraphs().forEach(RandomOperators::refuse);
        }
    }

    private static boolean isActive(Node dropout) {
        Value training = dropout.input(2);
        return training != null
                && !(training.isConstant() && training.constant().longs()[0] == 0);
    }
}
