package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class RemoveNeutralElementsTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void removesZerosAndOnes() {
        Value v = ops.op("Relu", r.batchInput("x", 3));
        v = ops.add(ops.constant(0f), v);
        v = ops.sub(v, ops.constant(Tensor.filled(ElementType.FLOAT, 0, 3)));
        v = ops.mul(v, 1);
        v = ops.div(v, ops.constant(1f));
        v = ops.op("Pow", v, ops.constant(1f));
        r.output(ops.op("Sqrt", v));
        r.fires(new RemoveNeutralElements(), 0);
        assertThat(r.operators()).containsExactly("Relu", "Sqrt");
    }

    @Test
    void declinesWhereTheConstantBroadcasts() {
        Value v = ops.op("Relu", r.batchInput("x", 3));
        r.output(ops.op("Abs", ops.add(v, ops.constant(Tensor.filled(ElementType.FLOAT, 0, 4, 1, 1)))));
        r.declines(new RemoveNeutralElements(), "may broadcast");
    }

    @Test
    void declinesOtherSidesAndOtherConstants() {
        Value v = r.batchInput("x", 3);
        r.output(ops.sub(ops.constant(0f), v));
        r.output(ops.div(ops.constant(1f), v));
        r.output(ops.mul(v, 0));
        r.declines(new RemoveNeutralElements(), "no operand is the neutral element");
    }
}
