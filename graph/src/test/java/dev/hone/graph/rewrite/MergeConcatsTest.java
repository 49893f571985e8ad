package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeConcatsTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void flattensNestedConcatenations() {
        Value x = r.batchInput("x", 2, 4);
        Value inner = ops.concat(1, List.of(x, ops.op("Neg", x)));
        r.output(ops.concat(-2, List.of(ops.op("Abs", x), inner, x)));
        r.fires(new MergeConcats(), 0);
        assertThat(r.operators()).containsExactlyInAnyOrder("Neg", "Abs", "Concat");
    }

    @Test
    void declinesOtherAxesAndSharedParts() {
        Value x = r.batchInput("x", 2, 4);
        Value inner = ops.concat(2, List.of(x, x));
        r.output(ops.concat(1, List.of(inner, inner)));
        r.output(ops.concat(2, List.of(inner, x)));
        r.declines(new MergeConcats(), "without other uses");
    }
}
