package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;

/** What of a model is explained: its input [N,...] and its scores [N,classes], or [N] where there is a single one. */
record ExplainedOutput(Value input, Value scores) {
    /** An output of this name is what predictions are read from, wherever it stands among others. */
    private static final String PROBABILITIES = "probabilities";

    /**
     * Finds them: the output {@code probabilities}, else the first.
     *
     * @param logits whether a Softmax, LogSoftmax or Sigmoid at the end is left out, so that the scores are what goes in
     * @throws GraphException if the model has another form
     */
    static ExplainedOutput of(Model model, boolean logits) {
        Graph graph = model.graph();
        if (graph.inputs().size() != 1) {
            throw new GraphException("the model has " + graph.inputs().size() + " inputs " + graph.inputs()
                    + ", expected one of floats, such as an image [N,C,H,W] or a row of a table [N,features]");
        }
        Value input = graph.inputs().get(0);
        if (input.type() != ElementType.FLOAT
                || input.shape() == null
                || input.shape().rank() < 2) {
            throw new GraphException("the model's input is " + input
                    + ", expected floats, such as an image [N,C,H,W] or a row of a table [N,features]");
        }
        if (graph.outputs().isEmpty()) {
            throw new GraphException("the model has no outputs, expected scores [N,classes]");
        }
        Value scores = graph.outputs().stream()
                .filter(output -> output.name().equals(PROBABILITIES))
                .findFirst()
                .orElse(graph.outputs().get(0));
        while (scores.producer() != null
                && scores.producer().domain().isEmpty()
                && (logits && isLink(scores.producer()) || isSqueeze(scores.producer()))) {
            scores = scores.producer().input(0);
        }
        if (!isByClass(scores) && !isSingle(scores, input)) {
            throw new GraphException("the model's output is " + scores
                    + ", expected scores [N,classes], or [N] where there is a single one, in floats");
        }
        return new ExplainedOutput(input, scores);
    }

    private static boolean isLink(Node node) {
        boolean overClasses = node.op().equals("Sigmoid")
                || Math.floorMod(node.intAttribute("axis", -1), 2) == 1 && !hasRank(node.input(0), 1);
        return node.op().equals("Identity") || (OperatorTraits.is(node, Fact.LINK) && overClasses);
    }

    /** What makes [N] of a single score [N,1], as regressors end. */
    private static boolean isSqueeze(Node node) {
        Value from = node.input(0);
        Value to = node.output(0);
        // Without axes the shape of what a Squeeze gives is not known, as N may be 1.
        return (OperatorTraits.is(node, Fact.VIEW) || node.op().equals("Gather"))
                && hasRank(from, 2)
                && from.shape().dim(1).equals(Dim.ONE)
                && (node.op().equals("Squeeze")
                        || hasRank(to, 1)
                                && to.shape().dim(0).equals(from.shape().dim(0)));
    }

    private static boolean isByClass(Value scores) {
        return hasRank(scores, 2) && scores.shape().dim(1).isConstant();
    }

    /** Whether it is one float for each row of the input. */
    private static boolean isSingle(Value scores, Value input) {
        return hasRank(scores, 1)
                && scores.type() == ElementType.FLOAT
                && (!scores.shape().dim(0).isConstant()
                        || scores.shape().dim(0).equals(input.shape().dim(0)));
    }

    private static boolean hasRank(Value value, int rank) {
        return value.shape() != null && value.shape().rank() == rank;
    }

    /** The scores as [N,classes], for which a single one gets an axis. */
    Value byClass(Graph graph) {
        return hasRank(scores, 1) ? new Ops(graph).unsqueeze(scores, 1) : scores;
    }

    int classes() {
        return hasRank(scores, 1) ? 1 : Math.toIntExact(scores.shape().size(1));
    }
}
