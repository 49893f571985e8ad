package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldConstantsTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();
    private final Pass pass = new FoldConstants(new JavaEvaluator());

    @Test
    void foldsWeightsAndConstantNodes() {
        Value x = r.batchInput("x", 4);
        Value w = ops.transpose(r.weights(3, 4), 1, 0);
        Value scale = ops.op("Sqrt", ops.op("Exp", r.weights(3)));
        Value constant =
                ops.node("", "Constant", Map.of("value", r.normal(3)), 1).output();
        r.output(ops.add(ops.mul(ops.matmul(x, w), scale), constant));
        r.fires(pass, 1e-6);
        assertThat(r.operators()).containsExactly("MatMul", "Mul", "Add");
    }

    @Test
    void foldsTheShapeOfAStaticValue() {
        Value x = r.input("x", 2, 3, 4);
        Value tail = ops.op("Slice", ops.op("Shape", x), ops.vector(1), ops.vector(3));
        r.output(ops.op("Reshape", x, ops.op("Concat", Map.of("axis", 0), tail, ops.vector(-1))));
        r.fires(pass, 0);
        assertThat(r.operators()).containsExactly("Reshape");
        assertThat(r.node("Reshape").input(1).constant().longs()).containsExactly(3, 4, -1);
    }

    @Test
    void neverInflatesTheModel() {
        Value x = r.input("x", 1, 64, 64);
        Value zeros = ops.op("ConstantOfShape", ops.vector(1, 64, 64));
        r.output(ops.add(x, ops.add(zeros, ops.constant(2f))));
        assertThat(pass.run(new Model(r.graph()))).isFalse();
    }

    @Test
    void keepsQuantizedWeights() {
        Value w = ops.constant(Tensor.ofBytes(dev.hone.core.ElementType.INT8, new byte[] {1, 2, 3, 4}, 4));
        Value zero = ops.constant(Tensor.ofBytes(dev.hone.core.ElementType.INT8, new byte[1]));
        r.output(ops.add(r.batchInput("x", 4), ops.op("DequantizeLinear", w, ops.constant(0.5f), zero)));
        assertThat(pass.run(new Model(r.graph()))).isFalse();
    }

    @Test
    void usesTheEvaluatorForOperatorsJavaDoesNotSupport() {
        Value product = ops.op("Softmax", r.weights(2, 2));
        r.output(ops.matmul(r.batchInput("x", 2), product));
        assertThat(pass.run(new Model(r.graph()))).isFalse();
        ConstantEvaluator stub = (node, inputs) -> List.of(Tensor.ofFloats(new float[] {1, 0, 0, 1}, 2, 2));
        assertThat(new FoldConstants(new JavaEvaluator().or(stub)).run(new Model(r.graph())))
                .isTrue();
        assertThat(r.operators()).containsExactly("MatMul");
        assertThat(r.node("MatMul").input(1).constant().floats()).containsExactly(1, 0, 0, 1);
    }
}
