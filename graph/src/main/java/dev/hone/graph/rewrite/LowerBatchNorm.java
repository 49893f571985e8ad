package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Set;

/**
 * Replaces an inference-mode batch normalization that cannot be folded into a convolution by Mul and Add.
 *
 * <pre>gamma (x - mean) / sqrt(var + epsilon) + beta  =  s x + t,  s = gamma / sqrt(var + epsilon),  t = beta - s mean</pre>
 *
 * <p>These are easy to quantize and differentiate. Changes results by rounding, about 1e-6 of the largest output.
 */
public final class LowerBatchNorm implements RewriteRule {
    @Override
    public String description() {
        return "Replace remaining batch normalizations by Mul and Add.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("BatchNormalization");
    }

    @Override
    public Match match(Node node) {
        Value x = node.input(0);
        Tensor gamma = Patterns.constant(node.input(1));
        if (x.shape() == null || x.shape().rank() < 2) {
            return Match.declined("the rank of its input is unknown or below 2");
        }
        if (gamma == null || !ChannelAffine.foldable(gamma.type()) || x.type() != gamma.type()) {
            return Match.declined("its scale is not a constant of its input's type");
        }
        int channels = (int) gamma.count();
        ChannelAffine affine = ChannelAffine.of(node, 1, x.shape().rank(), channels);
        if (affine == null || !affine.isFinite()) {
            return Match.declined("it is in training mode, or its statistics are not finite constants");
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            long[] dims = new long[x.shape().rank() - 1];
            Arrays.fill(dims, 1);
            dims[0] = channels;
            Value scale = ops.constant(Tensor.ofDoubles(affine.scale(), dims).to(gamma.type()));
            Value shift = ops.constant(Tensor.ofDoubles(affine.shift(), dims).to(gamma.type()));
            GraphEdits.replaceByNew(node.output(), ops.add(ops.mul(x, scale), shift));
        });
    }
}
