package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import org.junit.jupiter.api.Test;

class LowerBatchNormTest {
    private final RewriteTester r = new RewriteTester();

    @Test
    void replacesABatchNormByMulAndAdd() {
        r.output(r.batchNorm(r.batchInput("x", 3, 4, 4), 3));
        r.output(r.batchNorm(r.batchInput("z", 3), 3));
        r.fires(new LowerBatchNorm(), 1e-6);
        assertThat(r.operators()).containsExactlyInAnyOrder("Mul", "Add", "Mul", "Add");
    }

    @Test
    void declinesVariableStatistics() {
        Value x = r.batchInput("x", 3, 4, 4);
        r.output(r.ops().op("BatchNormalization", x, r.weights(3), r.weights(3), r.input("mean", 3), r.positive(3)));
        r.declines(new LowerBatchNorm(), "not finite constants");
    }
}
