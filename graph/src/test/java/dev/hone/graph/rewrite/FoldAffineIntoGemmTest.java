package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldAffineIntoGemmTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void foldsABatchNormIntoGemmWithTransposedWeights() {
        Map<String, ?> attributes = Map.of("transB", 1, "alpha", 0.5f, "beta", 2f);
        Value y = ops.op("Gemm", attributes, r.batchInput("x", 5), r.weights(3, 5), r.weights(3));
        r.output(r.batchNorm(y, 3));
        r.fires(new FoldAffineIntoGemm(), 1e-6);
        assertThat(r.operators()).containsExactly("Gemm");
    }

    @Test
    void foldsIntoGemmWithoutBias() {
        Value y = ops.op("Gemm", r.batchInput("x", 5), r.weights(5, 3));
        r.output(ops.add(y, r.weights(3)));
        r.fires(new FoldAffineIntoGemm(), 1e-6);
        assertThat(r.operators()).containsExactly("Gemm");
    }

    @Test
    void foldsAFactorIntoMatMulOfRankThree() {
        Value y = ops.matmul(r.batchInput("x", 4, 5), r.weights(5, 3));
        r.output(ops.mul(y, r.weights(3)));
        r.fires(new FoldAffineIntoGemm(), 1e-6);
        assertThat(r.operators()).containsExactly("MatMul");
    }

    @Test
    void declinesToAddToAMatMul() {
        r.output(ops.add(ops.matmul(r.batchInput("x", 4, 5), r.weights(5, 3)), r.weights(3)));
        r.declines(new FoldAffineIntoGemm(), "no bias");
    }

    @Test
    void declinesATermPerRow() {
        Value y = ops.op("Gemm", r.input("x", 3, 5), r.weights(5, 3), r.weights(3, 1));
        r.output(ops.mul(y, r.weights(3)));
        r.declines(new FoldAffineIntoGemm(), "not a constant per column");
    }

    @Test
    void declinesWhereTheProductIsAnOutput() {
        Value y = ops.op("Gemm", r.batchInput("x", 5), r.weights(5, 3));
        r.output(y);
        r.output(ops.mul(y, r.weights(3)));
        r.declines(new FoldAffineIntoGemm(), "other uses");
    }
}
