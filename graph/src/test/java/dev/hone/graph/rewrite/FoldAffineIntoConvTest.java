package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldAffineIntoConvTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void foldsABatchNormIntoAPaddedConvWithoutBias() {
        Value x = r.batchInput("x", 3, 6, 6);
        Value y = ops.op(
                "Conv",
                Map.of("pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2}),
                x,
                r.weights(4, 3, 3, 3));
        r.output(r.batchNorm(y, 4));
        r.fires(new FoldAffineIntoConv(), 1e-6);
        assertThat(r.operators()).containsExactly("Conv");
        assertThat(r.graph().constants()).hasSize(2);
    }

    @Test
    void foldsIntoAGroupedConvWithBias() {
        Value x = r.batchInput("x", 4, 5, 5);
        Value y = ops.op("Conv", Map.of("group", 2), x, r.weights(6, 2, 3, 3), r.weights(6));
        r.output(r.batchNorm(y, 6));
        r.fires(new FoldAffineIntoConv(), 1e-6);
        assertThat(r.operators()).containsExactly("Conv");
    }

    @Test
    void foldsIntoAGroupedConvTranspose() {
        Value x = r.batchInput("x", 4, 5, 5);
        Value y = ops.op("ConvTranspose", Map.of("group", 2, "strides", new long[] {2, 2}), x, r.weights(4, 3, 3, 3));
        r.output(r.batchNorm(y, 6));
        r.fires(new FoldAffineIntoConv(), 1e-6);
        assertThat(r.operators()).containsExactly("ConvTranspose");
    }

    @Test
    void foldsArithmeticOnEitherSide() {
        Value x = r.batchInput("x", 3, 5, 5);
        Value y = ops.op("Conv", x, r.weights(4, 3, 3, 3), r.weights(4));
        y = ops.mul(r.weights(4, 1, 1), y);
        y = ops.add(y, r.weights(1, 4, 1, 1));
        y = ops.sub(ops.constant(1.5f), y);
        y = ops.div(y, ops.constant(3f));
        r.output(y);
        r.fires(new FoldAffineIntoConv(), 1e-6);
        assertThat(r.operators()).containsExactly("Conv");
    }

    @Test
    void copiesSharedWeights() {
        Value x = r.batchInput("x", 3, 5, 5);
        Value w = r.weights(4, 3, 3, 3);
        r.output(r.batchNorm(ops.op("Conv", x, w), 4));
        r.output(ops.op("Conv", ops.op("Relu", x), w));
        r.fires(new FoldAffineIntoConv(), 1e-6);
        assertThat(r.operators()).containsExactlyInAnyOrder("Conv", "Relu", "Conv");
        assertThat(w.uses()).hasSize(1);
    }

    @Test
    void declinesIfTheConvolutionHasOtherUses() {
        Value y = ops.op("Conv", r.batchInput("x", 3, 5, 5), r.weights(4, 3, 3, 3));
        r.output(y);
        r.output(r.batchNorm(y, 4));
        r.declines(new FoldAffineIntoConv(), "other uses of the output");
    }

    @Test
    void declinesArithmeticAlongOtherAxes() {
        Value y = ops.op("Conv", r.batchInput("x", 3, 6, 6), r.weights(4, 3, 3, 3));
        r.output(ops.mul(y, r.weights(4, 1)));
        r.declines(new FoldAffineIntoConv(), "not arithmetic with constants per channel");
    }

    @Test
    void declinesVariableWeights() {
        Value y = ops.op("Conv", r.batchInput("x", 3, 5, 5), r.input("w", 4, 3, 3, 3));
        r.output(r.batchNorm(y, 4));
        r.declines(new FoldAffineIntoConv(), "not constants");
    }

    @Test
    void declinesTrainingMode() {
        Value y = ops.op("Conv", r.batchInput("x", 3, 5, 5), r.weights(4, 3, 3, 3));
        Value n = r.batchNorm(y, 4);
        n.producer().set("training_mode", 1);
        r.output(n);
        r.declines(new FoldAffineIntoConv(), "not arithmetic");
    }

    @Test
    void declinesADivisionByZero() {
        Value y = ops.op("Conv", r.batchInput("x", 1, 5, 5), r.weights(2, 1, 3, 3));
        r.output(ops.div(y, ops.constant(Tensor.ofFloats(new float[] {1, 0}, 2, 1, 1))));
        r.declines(new FoldAffineIntoConv(), "not arithmetic");
    }
}
