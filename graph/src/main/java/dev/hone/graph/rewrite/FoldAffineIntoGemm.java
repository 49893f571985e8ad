package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Folds a batch normalization, or arithmetic with a constant per column, into the Gemm or MatMul before it.
 *
 * <pre>s[n] * (alpha A B[:,n] + beta C[n]) + t[n]  =  alpha A (s[n] B[:,n]) + (s[n] beta C[n] + t[n])</pre>
 *
 * <p>B and C are constants, and C varies along n only; into a MatMul only a factor can be folded, at any rank of A.
 * Changes results by rounding, about 1e-6 of the largest output.
 */
public final class FoldAffineIntoGemm implements RewriteRule {
    @Override
    public String description() {
        return "Fold batch normalizations and per-column constants into the Gemm or MatMul before them.";
    }

    @Override
    public Set<String> operators() {
        return ChannelAffine.OPERATORS;
    }

    @Override
    public Match match(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Node gemm = Patterns.producer(node, i, "Gemm");
            gemm = gemm != null ? gemm : Patterns.producer(node, i, "MatMul");
            if (gemm != null) {
                return match(node, i, gemm);
            }
        }
        return Match.declined("its input is not produced by a Gemm or MatMul");
    }

    private static Match match(Node node, int input, Node gemm) {
        if (!Patterns.onlyReader(gemm.output(), node)) {
            return Match.declined("there are other uses of the output of " + gemm.label());
        }
        Tensor weight = Patterns.constant(gemm.input(1));
        if (weight == null || weight.rank() != 2 || !ChannelAffine.foldable(weight.type())) {
            return Match.declined("the second factor of " + gemm.label() + " is not a constant float matrix");
        }
        boolean transposed = gemm.is("Gemm") && gemm.intAttribute("transB", 0) != 0;
        int rank = gemm.is("Gemm") ? 2 : Patterns.rank(gemm.input(0));
        if (rank < 2) {
            return Match.declined("the rank of its input is unknown or below 2");
        }
        int columns = (int) weight.dim(transposed ? 0 : 1);
        double[] bias = bias(gemm, columns);
        if (bias == null) {
            return Match.declined("the bias of " + gemm.label() + " is not a constant per column");
        }
        ChannelAffine affine = ChannelAffine.of(node, rank - 1, rank, columns);
        if (affine == null || affine.input() != input || !affine.isFinite()) {
            return Match.declined("it is not arithmetic with finite constants per column");
        }
        if (!affine.keepsShape(node)) {
            return Match.declined("the constants may enlarge the output of " + gemm.label());
        }
        if (gemm.is("MatMul") && affine.shifts()) {
            return Match.declined("a MatMul has no bias to add the constant to");
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            Value newWeight = gemm.input(1);
            if (affine.scales()) {
                newWeight = ops.constant(ChannelAffine.scaled(
                        weight, i -> affine.scale()[transposed ? i / (int) weight.dim(1) : i % columns]));
            }
            Node made;
            if (gemm.is("MatMul")) {
                made = ops.node("", "MatMul", Map.of(), 1, gemm.input(0), newWeight);
            } else {
                for (int n = 0; n < columns; n++) {
                    bias[n] = bias[n] * affine.scale()[n] + affine.shift()[n];
                }
                Value newBias = gemm.input(2) == null && !affine.shifts()
                        ? null
                        : ops.constant(Tensor.ofDoubles(bias, columns).to(weight.type()));
                Map<String, Object> attributes = new HashMap<>(gemm.attributes());
                attributes.remove("beta");
                made = ops.node("", "Gemm", attributes, 1, gemm.input(0), newWeight, newBias);
            }
            made.setName(gemm.name());
            GraphEdits.replaceByNew(node.output(), made.output());
        });
    }

    /** {@code beta * C} of a Gemm as one number per column (zeros if it has none), or null if it varies otherwise. */
    static double[] bias(Node gemm, int columns) {
        double[] result = new double[columns];
        if (gemm.input(2) == null) {
            return result;
        }
        Tensor bias = Patterns.constant(gemm.input(2));
        if (bias == null || (bias.count() != 1 && (bias.count() != columns || bias.dim(-1) != columns))) {
            return null;
        }
        double beta = gemm.floatAttribute("beta", 1);
        double[] values = bias.doubles();
        for (int n = 0; n < columns; n++) {
            result[n] = beta * values[values.length == 1 ? 0 : n];
        }
        return result;
    }
}
