package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Fuses a matrix product and the addition of a bias into Gemm.
 *
 * <pre>MatMul(A, B) + c  =  Gemm(A, B, c)</pre>
 *
 * <p>A and B are matrices and c, [n] or [1,n] or a scalar, broadcasts to the product. Changes results by the rounding of
 * another order of summation, about 1e-6 of the largest output.
 */
public final class MatMulAddToGemm implements RewriteRule {
    @Override
    public String description() {
        return "Fuse a matrix product and the addition of a bias into Gemm.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Add");
    }

    @Override
    public Set<String> makes() {
        return Set.of("Gemm");
    }

    @Override
    public Match match(Node add) {
        for (int i = 0; i < 2; i++) {
            Node matmul = Patterns.producer(add, i, "MatMul");
            if (matmul != null && add.input(1 - i) != matmul.output()) {
                return match(add, matmul, add.input(1 - i));
            }
        }
        return Match.declined("no operand is produced by a MatMul");
    }

    private static Match match(Node add, Node matmul, Value bias) {
        if (!Patterns.onlyReader(matmul.output(), add)) {
            return Match.declined("there are other uses of the output of " + matmul.label());
        }
        if (Patterns.rank(matmul.input(0)) != 2 || Patterns.rank(matmul.input(1)) != 2) {
            return Match.declined("its factors are not known to be matrices");
        }
        Shape shape = bias.shape();
        boolean row = shape != null
                && (shape.elements().is(1) && shape.rank() <= 2
                        || shape.rank() == 1
                                && shape.dim(0).equals(matmul.input(1).shape().dim(1))
                        || shape.rank() == 2
                                && shape.dim(0).is(1)
                                && shape.dim(1).equals(matmul.input(1).shape().dim(1)));
        if (!row) {
            return Match.declined("the added value is not known to broadcast as a row");
        }
        return Match.found(() -> GraphEdits.replaceByNew(
                add.output(), new Ops(add.graph()).op("Gemm", matmul.input(0), matmul.input(1), bias)));
    }
}
