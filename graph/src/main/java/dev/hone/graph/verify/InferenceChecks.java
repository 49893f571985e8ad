package dev.hone.graph.verify;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeRules;
import java.util.ArrayList;
import java.util.List;

/** Compares the declared types and shapes of outputs with the inferred ones; changes neither. */
final class InferenceChecks {
    private InferenceChecks() {}

    private record State(Value value, ElementType type, Shape shape, List<Dim> elements) {
        State(Value value) {
            this(value, value.type(), value.shape(), value.elements());
            value.setType(null).setShape(null).setElements(null);
        }

        void restore() {
            value.setType(type).setShape(shape).setElements(elements);
        }
    }

    /** Skips nodes with subgraphs, whose bodies are checked node by node. */
    static void check(Node node, List<String> problems) {
        if (!node.subgraphs().isEmpty()) {
            return;
        }
        List<State> stated = new ArrayList<>();
        for (Value output : node.outputs()) {
            if (output != null) {
                stated.add(new State(output));
            }
        }
        try {
            ShapeRules.infer(node);
            for (State state : stated) {
                compare(node, state, problems);
            }
        } catch (HoneException e) {
            problems.add(e.getMessage());
        } finally {
            stated.forEach(State::restore);
        }
    }

    private static void compare(Node node, State stated, List<String> problems) {
        Value inferred = stated.value();
        if (stated.type() != null && inferred.type() != null && stated.type() != inferred.type()) {
            problems.add(node.label() + ": output '" + inferred.name() + "' is declared as " + stated.type()
                    + ", but is " + inferred.type());
        }
        if (stated.shape() != null && inferred.shape() != null && contradict(stated.shape(), inferred.shape())) {
            problems.add(node.label() + ": output '" + inferred.name() + "' is declared with shape " + stated.shape()
                    + ", but has " + inferred.shape());
        }
    }

    /** Whether the shapes conflict; a symbol matches anything. */
    private static boolean contradict(Shape a, Shape b) {
        if (a.rank() != b.rank()) {
            return true;
        }
        for (int i = 0; i < a.rank(); i++) {
            if (a.dim(i).isConstant() && b.dim(i).isConstant() && !a.dim(i).equals(b.dim(i))) {
                return true;
            }
        }
        return false;
    }
}
