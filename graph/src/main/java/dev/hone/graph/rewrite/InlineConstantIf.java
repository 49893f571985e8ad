package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Set;

/**
 * Replaces an If whose condition is constant by the nodes of the branch that it takes.
 *
 * <pre>If(true) { a } else { b } = a</pre>
 *
 * <p>Results are bitwise identical.
 */
public final class InlineConstantIf implements RewriteRule {
    @Override
    public String description() {
        return "Replace an If with a constant condition by the branch that it takes.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("If");
    }

    @Override
    public Match match(Node node) {
        Boolean condition = condition(node.input(0));
        if (condition == null) {
            return Match.declined("its condition is not constant");
        }
        if (!(node.attribute(condition ? "then_branch" : "else_branch") instanceof Attribute.GraphValue branch)
                || branch.value().outputs().size() != node.outputs().size()) {
            return Match.declined("the branch does not have the outputs of the node");
        }
        return Match.found(() -> inline(node, branch.value()));
    }

    private static Boolean condition(Value value) {
        if (value == null) {
            return null;
        }
        if (value.isConstant() && value.constant().count() == 1) {
            return value.constant().longs()[0] != 0;
        }
        boolean known = value.elements() != null
                && value.elements().size() == 1
                && value.elements().get(0).isConstant();
        return known ? Boolean.valueOf(!value.elements().get(0).is(0)) : null;
    }

    private static void inline(Node node, Graph branch) {
        Graph graph = node.graph();
        branch.sort();
        for (Value constant : List.copyOf(branch.constants())) {
            constant.replaceBy(graph.addConstant(constant.name(), constant.constant()));
        }
        for (Node inner : List.copyOf(branch.nodes())) {
            move(inner, graph);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value old = node.output(i);
            Value by = branch.outputs().get(i);
            if (old != null && GraphEdits.canReplace(old, by)) {
                GraphEdits.replaceByExisting(old, by);
            } else if (old != null) {
                GraphEdits.replaceByNew(old, new Ops(graph).op("Identity", by));
            }
        }
        graph.remove(node);
    }

    /** Moves a node, with the graphs inside it, to another graph. */
    private static void move(Node node, Graph to) {
        Node moved = to.addNode(node.domain(), node.op(), node.inputs());
        moved.setName(node.name());
        moved.setOverload(node.overload());
        moved.setDoc(node.doc());
        moved.setCarried(node.carried());
        node.attributes().forEach(moved::set);
        List.copyOf(node.attributes().keySet()).forEach(attribute -> node.set(attribute, null));
        for (Value output : node.outputs()) {
            Value made = moved.addOutput(output == null ? null : output.name());
            if (output != null) {
                made.setType(output.type()).setShape(output.shape()).setElements(output.elements());
                made.setOtherType(output.otherType());
                made.setCarried(output.carried());
                output.replaceBy(made);
            }
        }
    }
}
