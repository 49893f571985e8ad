package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.List;
import java.util.Map;

/** Steps with subgraphs, whose nodes read values of the graph around them. */
final class ControlSteps {
    static final List<Step> ALL = List.of(ControlSteps::branch, ControlSteps::branch, ControlSteps::loop);

    private ControlSteps() {}

    private static boolean branch(Chain c) {
        Value x = c.real();
        Value test = c.pick(v -> v.type() == c.real && c.isExact(v));
        if (x == null || test == null || c.depth > 1) {
            return false;
        }
        Value condition = c.choices.oneIn(4)
                ? c.constant(Tensor.ofBools(new boolean[] {c.choices.oneIn(2)}))
                : c.op(
                        "Greater",
                        c.op("ReduceMax", Map.of("keepdims", 0), test),
                        c.scalar(c.real, c.choices.of(0.0, 100.0)));
        Graph then = body(c, x, "then");
        Graph otherwise = body(c, x, "else");
        Value y = c.op("If", Map.of("then_branch", then, "else_branch", otherwise), condition);
        return c.keep(y, false);
    }

    /** A few steps that end in a tensor of the shape of x. */
    private static Graph body(Chain outer, Value x, String name) {
        Graph graph = new Graph(name);
        Chain c = outer.inner(graph);
        int steps = c.below(3);
        for (int i = 0; i < steps; i++) {
            Steps.apply(c);
        }
        Value last = c.pick(
                v -> v.graph() == graph && v.type() == c.real && v.shape().equals(x.shape()));
        Value y = last != null && !last.isConstant() ? last : c.op(c.choices.of("Tanh", "Neg", "Identity"), x);
        graph.addOutput(y);
        return graph;
    }

    /** A loop of a fixed number of rounds that carries one value, and reads others. */
    private static boolean loop(Chain c) {
        Value x = c.real();
        if (x == null || c.depth > 0) {
            return false;
        }
        Graph graph = new Graph("body");
        graph.addInput(c.graph().freshName("round"), ElementType.INT64, Shape.SCALAR);
        Value running = graph.addInput(c.graph().freshName("running"), ElementType.BOOL, Shape.SCALAR);
        Value carried = graph.addInput(c.graph().freshName("carried"), x.type(), x.shape());
        Chain inner = c.inner(graph);
        Value y = inner.op("Tanh", inner.o.add(carried, c.choices.oneIn(2) ? x : inner.scalar(c.real, 0.5)));
        graph.addOutput(inner.op("Identity", running));
        graph.addOutput(y);
        Value rounds = c.constant(Tensor.scalar(2L));
        Value yes = c.constant(Tensor.ofBools(new boolean[] {true}));
        Value z = c.o.node("", "Loop", Map.of("body", graph), 1, rounds, yes, x).output();
        return c.keep(z, false);
    }
}
