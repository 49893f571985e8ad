package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeEqualTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void keepsOneOfEqualNodesAndInitializers() {
        Value x = r.batchInput("x", 4);
        Value a = ops.op(
                "Softmax", Map.of("axis", 1), ops.add(x, ops.constant(Tensor.ofFloats(new float[] {1, 2, 3, 4}, 4))));
        Value b = ops.op(
                "Softmax", Map.of("axis", 1), ops.add(ops.constant(Tensor.ofFloats(new float[] {1, 2, 3, 4}, 4)), x));
        r.output(ops.mul(a, b));
        r.fires(new MergeEqual(true), 0);
        assertThat(r.operators()).containsExactly("Add", "Softmax", "Mul");
        assertThat(r.graph().constants()).hasSize(1);
    }

    @Test
    void keepsParametersApartBeforeTraining() {
        Value x = r.batchInput("x", 4);
        Value a = ops.add(x, ops.constant(Tensor.ofFloats(new float[4], 4)));
        r.output(ops.add(a, ops.constant(Tensor.ofFloats(new float[4], 4))));
        assertThat(new MergeEqual(false).run(new Model(r.graph()))).isFalse();
        assertThat(r.graph().constants()).hasSize(2);
    }

    @Test
    void distinguishesAttributesAndOutputs() {
        Value x = r.batchInput("x", 4);
        r.output(ops.op("Softmax", Map.of("axis", 1), x));
        r.output(ops.op("Softmax", Map.of("axis", 0), x));
        r.output(ops.op("Relu", x));
        r.output(ops.op("Relu", x));
        assertThat(new MergeEqual(true).run(new Model(r.graph()))).isFalse();
        assertThat(r.run()).hasSize(4);
    }

    @Test
    void keepsRandomNumbersApart() {
        Value x = r.batchInput("x", 4);
        r.output(ops.add(ops.op("RandomNormalLike", x), ops.op("RandomNormalLike", x)));
        assertThat(new MergeEqual(true).run(new Model(r.graph()))).isFalse();
    }
}
