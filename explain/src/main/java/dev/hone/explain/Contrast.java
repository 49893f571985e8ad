package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;

/**
 * A classifier whose scores are margins over the score of a contrast class, for explanations of why one class rather than
 * another (Miller 2019, "contrastive"):
 *
 * <pre>margin_k = score_k - score_than</pre>
 *
 * <p>What supports both classes alike cancels out. Logits before a softmax mean nothing but by their differences: the
 * same probabilities come from scores that all move together, and an explanation of one score alone contains such moves
 * too.
 */
public final class Contrast {
    private Contrast() {}

    /**
     * @param classifier scores or probabilities [N,classes] as its first output; stays as it is
     * @param logits whether a Softmax, LogSoftmax or Sigmoid at the end is left out
     * @param than index of the class that the others are compared with
     * @return its only output is the margins [N,classes], 0 for the class itself
     * @throws GraphException if the model has another form, a single score or no such class
     */
    public static Model of(Model classifier, boolean logits, int than) {
        Model copy = classifier.copy();
        ShapeInference.run(copy);
        ExplainedOutput scores = ExplainedOutput.of(copy, logits);
        if (scores.classes() == 1) {
            throw new GraphException(
                    "class " + than + " is to be compared with, the model has a single score, which is "
                            + "class 0; explain it without a class to compare with");
        }
        if (than < 0 || than >= scores.classes()) {
            throw new GraphException(
                    "class " + than + " is to be compared with, the model has classes 0 to " + (scores.classes() - 1));
        }
        Graph graph = copy.graph();
        Ops ops = new Ops(graph);
        Value each = scores.byClass(graph);
        Value margin = ops.sub(each, ops.slice(each, 1, than, than + 1L, 1));
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        margin.setName(graph.freshName("margin"));
        graph.addOutput(margin);
        return copy;
    }
}
