package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Element types from readers: inference goes from inputs to outputs and ends at an operator that is not in the table.
 * Where a node that is reads such an output, its signature ties the type to those of its other inputs and outputs.
 */
public final class TypeUnification {
    private TypeUnification() {}

    /** Sets the element types of tensors that are unknown and implied by a node's signature; subgraphs are not visited. */
    public static void run(Graph graph) {
        if (graph.values().stream().noneMatch(TypeUnification::isOpen)) {
            return;
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Node node : graph.nodes()) {
                Operator operator = Operators.of(node);
                changed |= operator != null && unify(node, operator);
            }
        }
    }

    private static boolean isOpen(Value value) {
        return value.type() == null && value.otherType() == null;
    }

    private static boolean unify(Node node, Operator operator) {
        Map<String, ElementType> bound = new LinkedHashMap<>();
        boolean[] open = new boolean[1];
        visit(node, operator, (value, variable) -> {
            ElementType type = value.type() != null ? value.type() : fixed(operator, variable);
            open[0] |= isOpen(value);
            if (type != null) {
                bound.putIfAbsent(variable, type);
            }
        });
        if (!open[0]) {
            return false;
        }
        boolean[] changed = new boolean[1];
        visit(node, operator, (value, variable) -> {
            if (isOpen(value) && bound.containsKey(variable)) {
                value.setType(bound.get(variable));
                changed[0] = true;
            }
        });
        return changed[0];
    }

    private static ElementType fixed(Operator operator, String variable) {
        Set<String> allowed = operator.variables().getOrDefault(variable, Set.of(variable));
        return allowed.size() == 1 ? ElementType.named(allowed.iterator().next()) : null;
    }

    private interface Visitor {
        void visit(Value value, String variable);
    }

    private static void visit(Node node, Operator operator, Visitor visitor) {
        for (int i = 0; i < node.inputs().size(); i++) {
            visit(node.input(i), operator.input(i), visitor);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            visit(node.output(i), operator.output(i), visitor);
        }
    }

    private static void visit(Value value, Parameter parameter, Visitor visitor) {
        if (value != null && parameter != null && !parameter.mixed()) {
            visitor.visit(value, parameter.type());
        }
    }
}
