package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToHardSwishTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void recognizesBothOrders() {
        Map<String, ?> sixth = Map.of("alpha", 1 / 6f, "beta", 0.5f);
        Value x = r.batchInput("x", 20);
        Value y = ops.mul(x, ops.op("HardSigmoid", sixth, x));
        r.output(ops.mul(ops.op("HardSigmoid", sixth, y), y));
        r.fires(new ToHardSwish(), 1e-6);
        assertThat(r.operators()).containsExactly("HardSwish", "HardSwish");
    }

    @Test
    void declinesOtherSlopes() {
        Value x = r.batchInput("x", 20);
        r.output(ops.mul(x, ops.op("HardSigmoid", x)));
        r.declines(new ToHardSwish(), "slope");
    }

    @Test
    void declinesAGateOfSomethingElse() {
        Map<String, ?> sixth = Map.of("alpha", 1 / 6f, "beta", 0.5f);
        Value x = r.batchInput("x", 20);
        r.output(ops.mul(x, ops.op("HardSigmoid", sixth, ops.op("Neg", x))));
        r.declines(new ToHardSwish(), "of the other");
    }
}
