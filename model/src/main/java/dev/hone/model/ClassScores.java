package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.ShapeInference;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * Brings the class scores of a model that Hone did not make to [N,K], so that everything behind it knows one form:
 *
 * <ul>
 *   <li>one output p behind a Sigmoid, [N] or [N,1], becomes the probabilities 1 - p and p of two classes;
 *   <li>[N,K,1,1], as convolutions leave it, is flattened;
 *   <li>a Softmax or Sigmoid before a change of shape moves to the end.
 * </ul>
 *
 * <p>The files that are written keep the model's own outputs.
 */
public final class ClassScores {
    /** An output of this name is read wherever it stands; else the first. */
    public static final String PROBABILITIES = "probabilities";

    private static final int FLOAT = 1;
    private final Path file;
    private final Graph graph;
    private final Ops ops;

    private ClassScores(Path file, Graph graph) {
        this.file = file;
        this.graph = graph;
        this.ops = new Ops(graph);
    }

    /** The output that predictions are read from. */
    public static TensorInfo output(Session session) {
        return session.outputs().stream()
                .filter(output -> output.name().equals(PROBABILITIES))
                .findFirst()
                .orElse(session.outputs().get(0));
    }

    /** Whether a model runs as it is. */
    public static boolean areIn(Session session) {
        TensorInfo output = output(session);
        return output.elementType() == FLOAT && output.dims().length == 2 && output.dims()[1] != 1;
    }

    /**
     * Rewrites the outputs of a model.
     *
     * @param file what the model is called
     * @return the model itself
     * @throws HoneException if its scores have a form that is not known
     */
    public static Model unify(Path file, Model model) {
        ShapeInference.run(model);
        new ClassScores(file, model.graph()).unify();
        return model;
    }

    /** Whether a unified model ends in probabilities, so that no softmax is due. */
    public static boolean areProbabilities(Model unified) {
        Value output = output(unified.graph());
        Node last = output.producer();
        return output.name().equals(PROBABILITIES) || last != null && (last.is("Softmax") || last.is("Sigmoid"));
    }

    private static Value output(Graph graph) {
        return graph.outputs().stream()
                .filter(output -> output.name().equals(PROBABILITIES))
                .findFirst()
                .orElse(graph.outputs().get(0));
    }

    private void unify() {
        Value output = output(graph);
        int classes = output.type() == ElementType.FLOAT ? classes(output) : 0;
        if (classes == 0) {
            throw new HoneException(
                    file + ": output " + output + " is no list of class scores; expected float [N,K] or "
                            + "[N,K,1,1] with K of 2 or more, or [N,1] behind a Sigmoid");
        }
        Value link = behind(output, classes, ClassScores::isForm);
        if (classes == 1) {
            replace(output, two(output, link), PROBABILITIES);
        } else if (isLink(link)) {
            if (link != output || output.shape().rank() != 2) {
                Value scores = flat(link.producer().input(0));
                replace(output, ops.op(link.producer().op(), scores), output.name());
            }
        } else if (output.shape().rank() != 2) {
            replace(output, flat(output), output.name());
        }
    }

    /** The probabilities [N,2] of one output. */
    private Value two(Value output, Value link) {
        if (isLink(link, "Sigmoid")) {
            // 1 - sigmoid(z) = sigmoid(-z); and explanations find the scores -z and z before the Sigmoid.
            Value score = ops.reshape(link.producer().input(0), -1, 1);
            return ops.op("Sigmoid", ops.concat(1, List.of(ops.neg(score), score)));
        }
        if (!isLink(behind(behind(output, 1, ClassScores::isForm), 1, ClassScores::isRounding), "Sigmoid")) {
            throw new HoneException(file + ": output " + output + " is one score without a Sigmoid, which may mean "
                    + "anything; for two classes end the model in a Sigmoid, the probability of the second, or in scores "
                    + "[N,2]");
        }
        Value p = ops.reshape(output, -1, 1);
        return ops.concat(1, List.of(ops.add(ops.neg(p), 1), p));
    }

    private void replace(Value output, Value by, String name) {
        output.setName(graph.freshName(output.name()));
        by.setName(name);
        graph.setOutput(graph.outputs().indexOf(output), by);
    }

    private Value flat(Value scores) {
        return scores.shape().rank() == 2 ? scores : ops.op("Flatten", scores);
    }

    /** What a value is made from, past such operators, as long as it has as many classes. */
    private Value behind(Value value, int classes, Predicate<Node> passing) {
        Value at = value;
        while (at.producer() != null
                && at.producer().domain().isEmpty()
                && passing.test(at.producer())
                && keepsImages(at.producer())
                && classes(at.producer().input(0)) == classes) {
            at = at.producer().input(0);
        }
        return at;
    }

    private static boolean isForm(Node node) {
        return OperatorTraits.is(node, Fact.VIEW) || node.is("Transpose");
    }

    private static boolean isRounding(Node node) {
        return OperatorTraits.is(node, Fact.QUANTIZATION);
    }

    private static boolean isLink(Value value) {
        Node node = value.producer();
        return node != null && OperatorTraits.is(node, Fact.LINK) && isLink(value, node.op());
    }

    private static boolean isLink(Value value, String operator) {
        Node node = value.producer();
        return node != null && node.is(operator) && (operator.equals("Sigmoid") || isOverClasses(node));
    }

    private static boolean isOverClasses(Node softmax) {
        Shape shape = softmax.output().shape();
        int axis = Math.floorMod((int) softmax.intAttribute("axis", -1), shape.rank());
        return axis > 0 && !shape.dim(axis).is(1);
    }

    private static boolean keepsImages(Node node) {
        return !node.is("Transpose") || node.has("perm") && node.intsAttribute("perm")[0] == 0;
    }

    /** How many classes a value [N], [N,K] or [N,K,1,1] has, wherever its ones are; 0 if it has another form. */
    private int classes(Value value) {
        Shape shape = value.shape();
        if (shape == null || !countsImages(shape)) {
            return 0;
        }
        int classes = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            Dim size = shape.dim(axis);
            if (!size.isConstant() || classes > 1 && !size.is(1)) {
                return 0;
            }
            classes = Math.max(classes, Math.toIntExact(size.constant()));
        }
        return classes;
    }

    /** Whether the first axis, if there is one, counts images: not the classes of a single image. */
    private boolean countsImages(Shape shape) {
        Dim images = graph.inputs().get(0).shape().dim(0);
        Dim found = shape.rank() == 0 ? Dim.ONE : shape.dim(0);
        return shape.rank() > 1 || found.equals(images) || !found.isConstant();
    }
}
