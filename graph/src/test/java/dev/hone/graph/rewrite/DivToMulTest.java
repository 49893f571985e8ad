package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class DivToMulTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void multipliesByTheInverse() {
        r.output(ops.div(r.batchInput("x", 3, 4), r.positive(3, 1)));
        r.fires(new DivToMul(), 3e-7);
        assertThat(r.operators()).containsExactly("Mul");
    }

    @Test
    void declinesZeroAndVariables() {
        r.output(ops.div(r.batchInput("x", 3), ops.constant(0f)));
        r.declines(new DivToMul(), "not a normal number");
        r.output(ops.div(ops.constant(1f), r.batchInput("z", 3)));
        r.declines(new DivToMul(), "float constant");
    }
}
