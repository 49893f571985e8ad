package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class MergeSlicesTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void slicesAllAxesAtOnce() {
        Value x = r.batchInput("x", 6, 8, 8);
        r.output(ops.slice(ops.slice(ops.slice(x, 1, 1, 5, 2), -1, -3, Long.MAX_VALUE, 1), 2, 7, 0, -2));
        r.fires(new MergeSlices(), 0);
        assertThat(r.operators()).containsExactly("Slice");
    }

    @Test
    void declinesTheSameAxis() {
        Value x = r.batchInput("x", 6, 8);
        r.output(ops.slice(ops.slice(x, 2, 1, 5, 1), -1, 1, 3, 1));
        r.declines(new MergeSlices(), "same axis");
    }
}
