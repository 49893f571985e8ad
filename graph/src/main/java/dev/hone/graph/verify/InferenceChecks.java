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

/** Compares the types and shapes that outputs have with those that follow from the inputs; changes neither. */
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

    /** Nodes with subgraphs are left out: their bodies are checked node by node. */
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
            problems.add(node.label() + ": output '" + inferred.name() + "' is said to be " + stated.type()
                    + ", but is " + inferred.type());
        }
        if (stated.shape() != null && inferred.shape() != null && contradict(stated.shape(), inferred.shape())) {
            problems.add(node.label() + ": output '" + inferred.name() + "' is said to have shape " + stated.shape()
                    + ", but has " + inferred.shape());
        }
    }

    /** Whether no sizes of symbols make the two equal; a symbol is taken to match anything. */
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
