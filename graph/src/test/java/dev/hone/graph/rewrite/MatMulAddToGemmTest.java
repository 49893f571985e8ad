package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class MatMulAddToGemmTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void joinsProductAndBias() {
        r.output(ops.add(r.weights(3), ops.matmul(r.batchInput("x", 5), r.weights(5, 3))));
        r.fires(new MatMulAddToGemm(), 1e-6);
        assertThat(r.operators()).containsExactly("Gemm");
    }

    @Test
    void declinesAtRankThree() {
        r.output(ops.add(ops.matmul(r.batchInput("x", 4, 5), r.weights(5, 3)), r.weights(3)));
        r.declines(new MatMulAddToGemm(), "matrices");
    }

    @Test
    void declinesAMatrixOfTerms() {
        Value x = r.input("x", 2, 5);
        r.output(ops.add(ops.matmul(x, r.weights(5, 3)), r.weights(2, 3)));
        r.declines(new MatMulAddToGemm(), "broadcast as a row");
    }
}
