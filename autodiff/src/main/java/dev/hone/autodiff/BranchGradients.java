package dev.hone.autodiff;

import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.rewrite.RemoveDeadCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradient of {@code If}: a second If of the same condition. Each of its branches computes the branch of the forward
 * pass again, as far as the gradient depends on it, and returns the gradients of the captured values, zeros for one that
 * the branch does not read.
 */
final class BranchGradients {
    private BranchGradients() {}

    static void add(GradientRules r) {
        r.body("If", BranchGradients::gradients);
    }

    private static Map<Value, Value> gradients(Ops o, Node n, List<Value> dy, List<Value> wanted) {
        Node back = o.graph().addNode("", "If", List.of(n.input(0)));
        for (String name : List.of("then_branch", "else_branch")) {
            if (!(n.attribute(name) instanceof Attribute.GraphValue branch)) {
                throw new GraphException(n, "has no graph " + name);
            }
            refuseRandom(branch.value(), "a branch of If");
            Graph copy = branch.value().copy();
            back.set(name, copy);
            differentiate(copy, dy, wanted);
        }
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (Value value : wanted) {
            Value gradient = back.addOutput(o.graph().freshName("If"));
            gradients.put(value, gradient.setType(value.type()).setShape(value.shape()));
        }
        return gradients;
    }

    /** Makes a branch return the gradients of captured values in the place of its outputs. */
    private static void differentiate(Graph branch, List<Value> dy, List<Value> wanted) {
        List<Value> outputs = List.copyOf(branch.outputs());
        Map<Value, Value> gradients = Backward.gradients(branch, outputs, dy, wanted);
        while (!branch.outputs().isEmpty()) {
            branch.removeOutput(0);
        }
        Ops o = new Ops(branch);
        for (Value value : wanted) {
            // Of its own for each output, as the runtime requires.
            branch.addOutput(o.op("Identity", gradients.get(value)));
        }
        new RemoveDeadCode().run(branch);
    }

    /** @param where of the model, whose gradient computes it once more */
    static void refuseRandom(Graph graph, String where) {
        for (Node node : graph.nodes()) {
            boolean inference = node.is("Dropout") && node.input(2) == null;
            if (OperatorTraits.is(node, Fact.RANDOM) && !inference) {
                throw new GraphException(
                        node, "is random inside " + where + ", whose gradient would compute it again; move it out");
            }
            node.subgraphs().forEach(inner -> refuseRandom(inner, where));
        }
    }
}
