package dev.hone.compress.quantize;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.Patterns;
import dev.hone.graph.rewrite.RewriteRule;
import java.util.Arrays;
import java.util.Set;

/**
 * Writes a difference from a constant as a sum, which has an integer kernel.
 *
 * <pre>x - c = x + (-c)</pre>
 *
 * <p>Results stay the same, bit for bit.
 */
final class SubToAdd implements RewriteRule {
    @Override
    public Set<String> operators() {
        return Set.of("Sub");
    }

    @Override
    public String description() {
        return "Write a difference from a constant as a sum.";
    }

    @Override
    public Set<String> makes() {
        return Set.of("Add");
    }

    @Override
    public Match match(Node node) {
        Tensor taken = Patterns.constant(node.input(1));
        if (taken == null || !taken.type().isFloat()) {
            return Match.declined("it does not take a float constant off");
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            double[] negative = Arrays.stream(taken.doubles()).map(c -> -c).toArray();
            Value term = ops.constant(Tensor.ofDoubles(negative, taken.dims()).to(taken.type()));
            GraphEdits.replaceByNew(node.output(), ops.add(node.input(0), term));
        });
    }
}
