package dev.hone.compress.quantize;

import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.RewriteRule;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Writes a maximum over a whole image of known size as a MaxPool, which has an integer kernel.
 *
 * <pre>GlobalMaxPool(x[N,C,H,W]) = MaxPool(x, kernel_shape = [H,W])</pre>
 *
 * <p>Results stay the same, bit for bit.
 */
final class GlobalMaxToMaxPool implements RewriteRule {
    @Override
    public Set<String> operators() {
        return Set.of("GlobalMaxPool");
    }

    @Override
    public String description() {
        return "Write a maximum over a whole image as a MaxPool.";
    }

    @Override
    public Match match(Node node) {
        Shape shape = node.input(0).shape();
        if (shape == null || shape.rank() < 3 || !shape.dims().stream().skip(2).allMatch(d -> d.isConstant())) {
            return Match.declined("the size of the image is not known");
        }
        long[] kernel = LongStream.range(2, shape.rank())
                .map(axis -> shape.size((int) axis))
                .toArray();
        return Match.found(() -> {
            node.setOp("", "MaxPool");
            node.set("kernel_shape", kernel);
        });
    }
}
