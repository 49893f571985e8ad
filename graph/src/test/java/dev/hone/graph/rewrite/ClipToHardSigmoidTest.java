package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class ClipToHardSigmoidTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    private Value clipped(Value x, float high) {
        return ops.op("Clip", ops.add(x, ops.constant(3f)), ops.constant(0f), ops.constant(high));
    }

    @Test
    void recognizesDivisionAndMultiplication() {
        r.output(ops.div(clipped(r.batchInput("x", 50), 6), ops.constant(6f)));
        r.output(ops.mul(ops.constant(1 / 6f), clipped(r.batchInput("z", 50), 6)));
        r.fires(new ClipToHardSigmoid(), 1e-6);
        assertThat(r.operators()).containsExactly("HardSigmoid", "HardSigmoid");
    }

    /** With the bounds in the wrong order, Clip gives the upper one for every input. */
    @Test
    void declinesBoundsInTheWrongOrder() {
        r.output(ops.div(clipped(r.batchInput("x", 50), -6), ops.constant(-6f)));
        r.declines(new ClipToHardSigmoid(), "[0, 1]");
    }

    @Test
    void declinesARangeThatDoesNotEndAtOne() {
        r.output(ops.div(clipped(r.batchInput("x", 50), 5), ops.constant(6f)));
        r.declines(new ClipToHardSigmoid(), "[0, 1]");
    }
}
