package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeReshapesTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void keepsASymbolicBatch() {
        Value x = r.batchInput("x", 3, 4, 5);
        r.output(ops.op("Flatten", Map.of("axis", 1), ops.reshape(x, 0, 12, -1)));
        r.fires(new MergeReshapes(), 0);
        assertThat(r.operators()).containsExactly("Reshape");
        assertThat(r.graph().outputs().get(0).shape()).hasToString("[N,60]");
    }

    @Test
    void removesInversePairs() {
        Value x = ops.op("Relu", r.batchInput("x", 3, 4));
        r.output(ops.op("Abs", ops.squeeze(ops.unsqueeze(x, 1, 3), 1, 3)));
        r.fires(new MergeReshapes(), 0);
        assertThat(r.operators()).containsExactly("Relu", "Abs");
    }

    @Test
    void declinesTwoOpenDimensions() {
        Value x = r.batchInput("x", 4, 4);
        Value y = ops.op(
                "Reshape",
                ops.reshape(x, -1, 2),
                r.ops()
                        .op(
                                "Concat",
                                Map.of("axis", 0),
                                ops.vector(2),
                                ops.op("Shape", Map.of("end", 1), x),
                                ops.op("Shape", Map.of("end", 1), x),
                                ops.vector(-1)));
        r.output(y);
        r.declines(new MergeReshapes(), "not sufficiently known");
    }

    @Test
    void declinesASingleReshape() {
        r.output(ops.reshape(ops.op("Relu", r.batchInput("x", 3, 4)), 0, -1));
        r.declines(new MergeReshapes(), "not reshaped");
    }
}
