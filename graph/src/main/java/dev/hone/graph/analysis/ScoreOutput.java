package dev.hone.graph.analysis;

import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.List;

/**
 * The output of a classifier that scores are read from.
 *
 * @param value the output
 * @param classes how many classes it has a score of; 1 for a single score, 0 where it has no such form or is sorted
 * @param others further outputs of the form of scores that might be meant as well: they have other numbers of classes, and
 *     neither a name nor a Softmax tells which is right
 */
public record ScoreOutput(Value value, int classes, List<Value> others) {
    /** An output of this name is read wherever it stands. */
    public static final String PROBABILITIES = "probabilities";

    /**
     * Finds it: the output called {@link #PROBABILITIES}, else the first of floats [N,K] that ends in a Softmax or its kin,
     * else the first of floats [N,K], else the first with a single score, else the first. Shapes should be inferred.
     */
    public static ScoreOutput of(Graph graph) {
        for (Value output : graph.outputs()) {
            if (output.name().equals(PROBABILITIES)) {
                return new ScoreOutput(output, classesOf(output), List.of());
            }
        }
        List<Value> several =
                graph.outputs().stream().filter(o -> classesOf(o) > 1).toList();
        List<Value> formed = !several.isEmpty()
                ? several
                : graph.outputs().stream().filter(o -> classesOf(o) == 1).toList();
        if (formed.isEmpty()) {
            return new ScoreOutput(graph.outputs().get(0), 0, List.of());
        }
        for (Value output : formed) {
            ScoreLink link = ScoreLink.behind(output);
            if (link != null && link.overClasses()) {
                return new ScoreOutput(output, classesOf(output), List.of());
            }
        }
        Value first = formed.get(0);
        int classes = classesOf(first);
        return new ScoreOutput(
                first,
                classes,
                formed.stream().filter(o -> classesOf(o) != classes).toList());
    }

    /** How many classes a value [N], [N,K] or [N,K,1,1] has a score of, wherever its ones are; 0 if it has another form. */
    public static int classes(Value value) {
        Shape shape = value.shape();
        if (shape == null || !countsSamples(value, shape)) {
            return 0;
        }
        long classes = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            Dim size = shape.dim(axis);
            if (!size.isConstant() || classes > 1 && !size.is(1)) {
                return 0;
            }
            classes = Math.max(classes, size.constant());
        }
        return classes > Integer.MAX_VALUE ? 0 : (int) classes;
    }

    private static int classesOf(Value output) {
        return output.type() == null || !output.type().isFloat() || isSorted(output) ? 0 : classes(output);
    }

    /** Whether it is the largest scores in their order: which class each is of, other outputs say. */
    public static boolean isSorted(Value output) {
        Node node = output.producer();
        while (node != null && keepsOrder(node)) {
            node = node.input(0).producer();
        }
        return node != null && node.is("TopK");
    }

    /** Whether numbers stay where they are and as large as they are to each other. */
    private static boolean keepsOrder(Node node) {
        return node.is("Cast") || OperatorTraits.is(node, Fact.VIEW) || OperatorTraits.is(node, Fact.LINK);
    }

    /** Whether the first axis, if there is one, counts samples: not the classes of a single one. */
    private static boolean countsSamples(Value value, Shape shape) {
        if (shape.rank() > 1) {
            return true;
        }
        Dim found = shape.rank() == 0 ? Dim.ONE : shape.dim(0);
        return !found.isConstant()
                || value.graph().inputs().stream()
                        .anyMatch(input -> input.shape() != null
                                && input.shape().rank() > 0
                                && input.shape().dim(0).equals(found));
    }
}
