package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;

/** What of a model is explained: its input [N,...] and its scores [N,classes], or [N] where there is a single one. */
record ExplainedOutput(Value input, Value scores) {
    /**
     * Finds them by {@link ScoreOutput}.
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
        Value scores = beforeSqueeze(ScoreOutput.of(graph).value());
        ScoreLink link = logits ? ScoreLink.behind(scores) : null;
        if (link != null && link.overClasses()) {
            Value before = beforeSqueeze(link.logits());
            scores = isByClass(before) || isSingle(before, input) ? before : scores;
        }
        if (!isByClass(scores) && !isSingle(scores, input)) {
            throw new GraphException("the model's output is " + scores
                    + ", expected scores [N,classes], or [N] where there is a single one, in floats");
        }
        return new ExplainedOutput(input, scores);
    }

    private static Value beforeSqueeze(Value value) {
        Value at = value;
        while (at.producer() != null && at.producer().domain().isEmpty() && isSqueeze(at.producer())) {
            at = at.producer().input(0);
        }
        return at;
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

    /** The scores as float [N,classes], for which a single one gets an axis. */
    Value byClass(Graph graph) {
        Ops ops = new Ops(graph);
        Value floats = scores.type() == ElementType.FLOAT ? scores : ops.cast(scores, ElementType.FLOAT);
        return hasRank(scores, 1) ? ops.unsqueeze(floats, 1) : floats;
    }

    int classes() {
        return hasRank(scores, 1) ? 1 : Math.toIntExact(scores.shape().size(1));
    }
}
