package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class MergeTransposesTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void composesPermutations() {
        Value x = r.batchInput("x", 3, 4, 5);
        r.output(ops.transpose(ops.transpose(x, 0, 2, 3, 1), 3, 0, 2, 1));
        r.fires(new MergeTransposes(), 0);
        assertThat(r.operators()).containsExactly("Transpose");
    }

    @Test
    void reversesTwiceByDefault() {
        Value x = ops.op("Relu", r.batchInput("x", 3, 4));
        r.output(ops.op("Abs", ops.op("Transpose", ops.op("Transpose", x))));
        r.fires(Passes.standard(), 0);
        assertThat(r.operators()).containsExactly("Relu", "Abs");
    }

    @Test
    void keepsTheFirstNodeForOtherUses() {
        Value t = ops.transpose(r.batchInput("x", 3, 4), 1, 0, 2);
        r.output(t);
        r.output(ops.transpose(t, 2, 1, 0));
        r.fires(new MergeTransposes(), 0);
        assertThat(r.operators()).containsExactly("Transpose", "Transpose");
    }

    @Test
    void declinesAfterAnythingElse() {
        r.output(ops.transpose(ops.op("Relu", r.batchInput("x", 3, 4)), 1, 0, 2));
        r.declines(new MergeTransposes(), "not a transposition");
    }
}
