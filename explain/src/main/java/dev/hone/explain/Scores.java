package dev.hone.explain;

import dev.hone.graph.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.Set;

/** What of a model is explained: its input [N,...] and its scores [N,classes]. */
record Scores(Value input, Value scores) {
    /** What turns scores into probabilities at the end of a classifier. */
    private static final Set<String> LINKS = Set.of("Softmax", "LogSoftmax", "Sigmoid");

    /** An output of this name is what verdicts are read from, wherever it stands among others. */
    private static final String PROBABILITIES = "probabilities";

    /**
     * Finds them: the output {@code probabilities}, else the first.
     *
     * @param logits whether a Softmax, LogSoftmax or Sigmoid at the end is left out, so that the scores are what goes in
     * @throws GraphException if the model has another form
     */
    static Scores of(Model model, boolean logits) {
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
        while (logits && scores.producer() != null && isLink(scores.producer())) {
            scores = scores.producer().input(0);
        }
        if (scores.shape() == null
                || scores.shape().rank() != 2
                || !scores.shape().dim(1).isConstant()) {
            throw new GraphException("the model's output is " + scores + ", expected scores [N,classes]");
        }
        return new Scores(input, scores);
    }

    private static boolean isLink(Node node) {
        if (!node.domain().isEmpty()) {
            return false;
        }
        boolean overClasses = node.op().equals("Sigmoid") || Math.floorMod(node.intAttribute("axis", -1), 2) == 1;
        return node.op().equals("Identity") || (LINKS.contains(node.op()) && overClasses);
    }

    int classes() {
        return Math.toIntExact(scores.shape().size(1));
    }
}
