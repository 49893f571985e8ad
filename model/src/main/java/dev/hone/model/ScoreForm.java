package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.model.ClassScores.Meaning;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.util.List;

/**
 * Brings the scores of a model to floats [N,K], so that everything behind it knows one form:
 *
 * <ul>
 *   <li>the probability p of the second of two classes, [N] or [N,1], becomes 1 - p and p;
 *   <li>[N,K,1,1], as convolutions leave it, is flattened;
 *   <li>other floating-point numbers become float32.
 * </ul>
 *
 * <p>The files that are written keep the model's own outputs.
 */
final class ScoreForm {
    private ScoreForm() {}

    /** Whether a model's scores have the form already. */
    static boolean isIn(Session session, ClassScores scores) {
        TensorInfo output = session.outputs().stream()
                .filter(o -> o.name().equals(scores.output()))
                .findFirst()
                .orElseThrow();
        return output.elementType() == ElementType.FLOAT.onnx() && output.dims().length == 2 && output.dims()[1] != 1;
    }

    /** Changes a model: its only output is the scores, [N,K], under their own name. */
    static Model of(Model model, ClassScores scores) {
        column(model, scores);
        if (scores.meaning() == Meaning.PROBABILITY_OF_SECOND) {
            Graph graph = model.graph();
            Ops ops = new Ops(graph);
            Value p = ops.reshape(graph.outputs().get(0), -1, 1);
            replace(graph, ops.concat(1, List.of(ops.add(ops.neg(p), 1), p)), scores.output());
        }
        return model;
    }

    /** The same, but a single probability stays as it is, [N,1]. */
    static Model column(Model model, ClassScores scores) {
        ShapeInference.run(model);
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        Value output = ScoreAnalysis.output(graph, scores);
        Value flat = ScoreAnalysis.asFloat(ops, flat(ops, output));
        replace(graph, flat, scores.output());
        return model;
    }

    /**
     * Changes a model for explanations: its only output is the logits [N,K], which go into the Softmax or Sigmoid at its end
     * or into what computes the same; where there are none, the scores as they are.
     *
     * @param twoClasses whether a single score is explained as two classes, or else by itself, [N,1]
     */
    static Model explained(
            Model model, ClassScores scores, boolean twoClasses, PixelRange pixels, SessionOptions options) {
        ShapeInference.run(model);
        LogitsSearch.Found found = LogitsSearch.find(model, scores, pixels, options);
        if (found == null) {
            return twoClasses ? of(model, scores) : column(model, scores);
        }
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        Value z = ScoreAnalysis.asFloat(ops, found.logits());
        Value logits =
                switch (found.function()) {
                    case SOFTMAX -> flat(ops, z);
                    case SIGMOID -> single(scores) && twoClasses ? two(ops, z, false) : flat(ops, z);
                    case SIGMOID_OF_SECOND -> two(ops, z, false);
                    case SIGMOID_OF_FIRST -> two(ops, z, true);
                };
        replace(graph, logits, graph.freshName("logits"));
        return model;
    }

    private static boolean single(ClassScores scores) {
        return scores.meaning() == Meaning.PROBABILITY_OF_SECOND;
    }

    /** 1 - sigmoid(z) = sigmoid(-z): the logits of the two classes are -z and z. */
    private static Value two(Ops ops, Value z, boolean first) {
        Value column = ops.reshape(z, -1, 1);
        Value negative = ops.neg(column);
        return ops.concat(1, first ? List.of(column, negative) : List.of(negative, column));
    }

    private static Value flat(Ops ops, Value scores) {
        int rank = scores.shape() == null ? 2 : scores.shape().rank();
        return rank == 2 ? scores : rank < 2 ? ops.reshape(scores, -1, 1) : ops.op("Flatten", scores);
    }

    /** Makes a value the only output. */
    private static void replace(Graph graph, Value by, String name) {
        Value former = graph.find(name);
        if (former != null && former != by) {
            former.setName(graph.freshName(name));
        }
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        by.setName(name);
        graph.addOutput(by);
    }
}
