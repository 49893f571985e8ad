package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemoveDeadCodeTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void removesChainsAndInitializersButNoInputs() {
        Value x = r.batchInput("x", 3);
        r.batchInput("unread", 3);
        r.weights(7);
        ops.op("Abs", ops.mul(x, r.weights(3)));
        r.output(ops.op("Relu", x));
        r.fires(new RemoveDeadCode(), 0);
        assertThat(r.operators()).containsExactly("Relu");
        assertThat(r.graph().constants()).isEmpty();
        assertThat(r.graph().inputs()).hasSize(2);
    }

    @Test
    void removesValuesUsedOnlyByDeadCodeOfASubgraph() {
        Value x = r.batchInput("x", 3);
        Value captured = ops.op("Neg", x);
        Graph then = new Graph("then");
        Ops inner = new Ops(then);
        inner.op("Abs", captured);
        then.addOutput(inner.op("Relu", x).setType(ElementType.FLOAT).setShape(Shape.of(2, 3)));
        Graph otherwise = new Graph("else");
        otherwise.addOutput(
                new Ops(otherwise).op("Exp", x).setType(ElementType.FLOAT).setShape(Shape.of(2, 3)));
        Value condition = ops.op("Greater", ops.op("ReduceSum", Map.of("keepdims", 0), x), ops.constant(0f));
        Value y = ops.op("If", Map.of("then_branch", then, "else_branch", otherwise), condition);
        r.output(y.setType(ElementType.FLOAT).setShape(x.shape()));
        new RemoveDeadCode().run(r.graph());
        new RemoveDeadCode().run(r.graph());
        assertThat(r.operators()).doesNotContain("Neg").contains("If");
        assertThat(then.nodes()).hasSize(1);
        assertThat(r.run().get("y0")).hasSize(6);
    }

    @Test
    void reportsThatItChangedNothing() {
        r.output(ops.op("Relu", r.batchInput("x", 3)));
        assertThat(new RemoveDeadCode().run(new Model(r.graph()))).isFalse();
    }
}
