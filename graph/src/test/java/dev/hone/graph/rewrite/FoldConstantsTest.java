package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
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

    /** Steps beyond the axis too. */
    @Test
    void slicesAsTheRuntimeDoes() {
        Value x = r.input("x", 2, 3, 4, 5);
        Value shape = ops.op("Shape", x);
        Value weights = r.weights(7);
        for (long step : new long[] {Long.MAX_VALUE, 1L << 40, 2, -1, -3, -Long.MAX_VALUE}) {
            for (long end : new long[] {step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE, 2, 0}) {
                for (Value from : List.of(shape, weights)) {
                    Value slice =
                            ops.op("Slice", from, ops.vector(1), ops.vector(end), ops.vector(0), ops.vector(step));
                    Value sum = ops.op("ReduceSum", Map.of("keepdims", 0), slice);
                    r.output(ops.add(ops.op("Cast", Map.of("to", 1), sum), ops.reduceMean(x, false, 0, 1, 2, 3)));
                }
            }
        }
        r.fires(pass, 0);
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
        Value w = ops.constant(Tensor.ofBytes(ElementType.INT8, new byte[] {1, 2, 3, 4}, 4));
        Value zero = ops.constant(Tensor.ofBytes(ElementType.INT8, new byte[1]));
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

    /** The position bias of a windowed attention: the large matrix in the middle goes again. */
    @Test
    void foldsProductsOfConstants() {
        Value table = ops.op("Relu", ops.matmul(r.weights(64, 2), r.weights(2, 512)));
        r.output(ops.add(
                ops.matmul(r.batchInput("x", 8), r.weights(8, 3)),
                ops.reduceMean(ops.matmul(table, r.weights(512, 3)), false, 0)));
        r.fires(Passes.standard(), 1e-6);
        assertThat(r.operators()).containsExactlyInAnyOrder("MatMul", "ReduceMean", "Add");
    }

    /** A hundred steps that double a constant, by an operator each that reads it twice. */
    @Test
    void isBounded() {
        for (String op : new String[] {"Concat", "MatMul"}) {
            RewriteTester doubling = new RewriteTester();
            Value c = doubling.weights(8, 8);
            for (int i = 0; i < 40; i++) {
                c = op.equals("Concat")
                        ? doubling.ops().op("Concat", Map.of("axis", 0), c, c)
                        : doubling.ops()
                                .op(
                                        "Unsqueeze",
                                        doubling.ops().matmul(c, doubling.weights(1, 2, 8, 8)),
                                        doubling.ops().vector(0));
            }
            doubling.output(doubling.ops()
                    .add(doubling.batchInput("x", 8), doubling.ops().op("ReduceMean", c)));
            Passes.inference().run(new Model(doubling.graph()));
            long bytes = doubling.graph().constants().stream()
                    .mapToLong(v -> v.constant().data().size())
                    .sum();
            assertThat(bytes).isLessThan(100 << 20);
        }
    }

    /** Wrong indices in a part that may never run are the runtime's concern. */
    @Test
    void leavesInputsThatDoNotFit() {
        Value c = ops.constant(Tensor.vector(1, 2, 3));
        Node node = r.graph().addNode("Gather", c, ops.constant(Tensor.vector(7)));
        node.output().setType(ElementType.INT64);
        r.output(ops.op("Add", r.graph().addInput("i", ElementType.INT64, Shape.of(1)), node.output()));
        assertThat(pass.run(new Model(r.graph()))).isFalse();
    }

    @Test
    void integersKeepTheirWidth() {
        ElementType int32 = ElementType.INT32;
        Value large = ops.constant(Tensor.ofInts(new int[] {Integer.MAX_VALUE, 7}, 2));
        Value sum = ops.add(large, ops.constant(Tensor.ofInts(new int[] {1, 1}, 2)));
        Value wide = ops.op("Cast", Map.of("to", 7), sum);
        Value narrow = ops.op("Cast", Map.of("to", int32.onnx()), ops.vector((1L << 32) + 5, 3));
        Value back = ops.op("Cast", Map.of("to", 7), narrow);
        Value x = r.graph().addInput("i", ElementType.INT64, Shape.of(2));
        r.output(ops.add(ops.add(x, wide), back));
        assertThat(wide.elements()).hasToString("[-2147483648, 8]");
        assertThat(back.elements()).hasToString("[5, 3]");
        pass.run(new Model(r.graph()));
        assertThat(r.node("Add").input(1).constant().longs()).containsExactly(-2147483648L, 8);
    }
}
