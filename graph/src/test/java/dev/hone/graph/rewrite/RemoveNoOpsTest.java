package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemoveNoOpsTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void removesEveryKind() {
        Value v = ops.op("Relu", r.batchInput("x", 3, 4, 4));
        v = ops.op("Identity", v);
        v = ops.op("Dropout", v);
        v = ops.op("Cast", Map.of("to", ElementType.FLOAT.onnx()), v);
        v = ops.concat(1, java.util.List.of(v, v)).producer().input(0);
        v = ops.op("Concat", Map.of("axis", 1), v);
        v = ops.op("Sum", v);
        v = ops.transpose(v, 0, 1, 2, 3);
        v = ops.op("Reshape", v, ops.vector(0, 3, 4, 4));
        v = ops.op("Pad", v, ops.vector(0, 0, 0, 0, 0, 0, 0, 0));
        v = ops.op("Tile", v, ops.vector(1, 1, 1, 1));
        v = ops.op("Expand", v, ops.vector(1, 1, 4, 4));
        v = ops.slice(v, 2, 0, Long.MAX_VALUE, 1);
        r.output(ops.op("Abs", v));
        r.fires(Passes.standard(), 0);
        assertThat(r.operators()).containsExactly("Relu", "Abs");
    }

    @Test
    void keepsTheNameOfTheOutput() {
        Value y = ops.op("Relu", r.batchInput("x", 3));
        r.output(ops.op("Identity", y), "scores");
        r.output(ops.op("Abs", y), "other");
        r.fires(new RemoveNoOps(), 0);
        assertThat(r.operators()).containsExactly("Relu", "Abs");
        assertThat(r.graph().outputs().get(0).name()).isEqualTo("scores");
    }

    @Test
    void declinesBetweenInputAndOutput() {
        r.output(ops.op("Identity", r.batchInput("x", 3)));
        r.declines(new RemoveNoOps(), "produces a graph output");
    }

    @Test
    void declinesBetweenTwoOutputs() {
        Value y = r.output(ops.op("Relu", r.batchInput("x", 3)));
        r.output(ops.op("Identity", y));
        r.declines(new RemoveNoOps(), "produces a graph output");
    }

    @Test
    void declinesNodesThatChangeTheirInput() {
        Value x = r.batchInput("x", 4, 4);
        Value dropout = ops.op("Dropout", x, ops.constant(0.5f), ops.constant(Tensor.ofBools(new boolean[] {true})));
        r.output(ops.op("Abs", dropout));
        r.output(ops.op("Abs", ops.transpose(x, 0, 2, 1)));
        r.output(ops.op("Abs", ops.slice(x, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1)));
        r.output(ops.op("Abs", ops.op("Reshape", x, ops.vector(0, 2, 8))));
        r.declines(new RemoveNoOps(), "changes its input");
    }

    @Test
    void appliesToSubgraphs() {
        Value x = r.batchInput("x", 3);
        Graph then = branch("Relu", x);
        Graph otherwise = branch("Neg", x);
        Value condition = ops.op("Greater", ops.op("ReduceSum", Map.of("keepdims", 0), x), ops.constant(0f));
        Value y = ops.op("If", Map.of("then_branch", then, "else_branch", otherwise), condition);
        y.setType(ElementType.FLOAT).setShape(x.shape());
        r.output(y);
        r.fires(new RemoveNoOps(), 0);
        assertThat(then.nodes()).hasSize(1);
        assertThat(then.nodes().iterator().next().input(0)).isSameAs(x);
    }

    private static Graph branch(String op, Value outer) {
        Graph graph = new Graph(op);
        Ops inner = new Ops(graph);
        Value y = inner.op(op, inner.op("Identity", outer));
        y.setType(ElementType.FLOAT).setShape(Shape.of(2, 3));
        graph.addOutput(y);
        return graph;
    }
}
