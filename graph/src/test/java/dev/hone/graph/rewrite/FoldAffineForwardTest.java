package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldAffineForwardTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();
    private static final Map<String, ?> PADDED = Map.of("pads", new long[] {1, 1, 1, 1});

    @Test
    void foldsABatchNormIntoAGroupedConvThatDoesNotPad() {
        Value x = r.batchNorm(r.batchInput("x", 4, 6, 6), 4);
        r.output(ops.op("Conv", Map.of("group", 2), x, r.weights(6, 2, 3, 3), r.weights(6)));
        r.fires(new FoldAffineForward(), 2e-6);
        assertThat(r.operators()).containsExactly("Conv");
    }

    @Test
    void foldsAFactorIntoAPaddedConv() {
        Value x = ops.mul(r.batchInput("x", 3, 6, 6), r.weights(3, 1, 1));
        r.output(ops.op("Conv", PADDED, x, r.weights(4, 3, 3, 3)));
        r.fires(new FoldAffineForward(), 1e-6);
        assertThat(r.operators()).containsExactly("Conv");
    }

    @Test
    void foldsIntoGemmWithAndWithoutTransposedWeights() {
        Value x = r.batchNorm(r.batchInput("x", 5), 5);
        Value y = ops.op("Gemm", Map.of("transB", 1, "alpha", 0.5f), x, r.weights(4, 5));
        y = ops.op(
                "Gemm",
                Map.of("alpha", 2f, "beta", 3f),
                r.batchNorm(ops.op("Relu", y), 4),
                r.weights(4, 3),
                r.weights(3));
        r.output(y);
        r.fires(new FoldAffineForward(), 2e-6);
        assertThat(r.operators()).containsExactly("Gemm", "Relu", "Gemm");
    }

    @Test
    void declinesATermBeforeAPaddedConv() {
        Value x = r.batchNorm(r.batchInput("x", 3, 6, 6), 3);
        r.output(ops.op("Conv", PADDED, x, r.weights(4, 3, 3, 3)));
        r.declines(new FoldAffineForward(), "pads with zeros");
    }

    @Test
    void declinesIfTheAffineNodeHasOtherUses() {
        Value x = ops.mul(r.batchInput("x", 3, 6, 6), r.weights(3, 1, 1));
        r.output(ops.op("Conv", x, r.weights(4, 3, 3, 3)));
        r.output(ops.op("Relu", x));
        r.declines(new FoldAffineForward(), "without other uses");
    }
}
