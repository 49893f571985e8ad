package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConstantReshapeTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void replacesTheShapeChainOfExporters() {
        Value x = r.batchInput("x", 3, 4, 5);
        Value batch = ops.op("Gather", ops.op("Shape", x), ops.constant(dev.hone.graph.Tensor.vector(0)));
        r.output(ops.op("Reshape", x, ops.op("Concat", Map.of("axis", 0), batch, ops.vector(-1))));
        r.fires(new ConstantReshape(), 0);
        assertThat(r.operators()).containsExactly("Reshape");
        assertThat(r.graph().outputs().get(0).shape()).hasToString("[N,60]");
    }

    @Test
    void declinesAConstantTarget() {
        r.output(ops.reshape(r.batchInput("x", 3, 4), 0, -1));
        r.declines(new ConstantReshape(), "already constant");
    }
}
