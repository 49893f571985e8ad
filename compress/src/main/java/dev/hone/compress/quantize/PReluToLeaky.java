package dev.hone.compress.quantize;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.Patterns;
import dev.hone.graph.rewrite.RewriteRule;
import java.util.Map;
import java.util.Set;

/**
 * Writes a PRelu whose channels have one slope as a LeakyRelu, which has an integer kernel.
 *
 * <pre>PRelu(x, slope) = LeakyRelu(x; alpha = slope)</pre>
 *
 * <p>Results stay the same, bit for bit.
 */
final class PReluToLeaky implements RewriteRule {
    @Override
    public Set<String> operators() {
        return Set.of("PRelu");
    }

    @Override
    public String description() {
        return "Write a PRelu of one slope as a LeakyRelu.";
    }

    @Override
    public Set<String> makes() {
        return Set.of("LeakyRelu");
    }

    @Override
    public Match match(Node node) {
        Tensor slope = Patterns.constant(node.input(1));
        if (slope == null || slope.count() == 0 || !Patterns.isFilledWith(node.input(1), slope.doubles()[0])) {
            return Match.declined("its slope is not one number");
        }
        return Match.found(() -> {
            Value leaky =
                    new Ops(node.graph()).op("LeakyRelu", Map.of("alpha", (float) slope.doubles()[0]), node.input(0));
            GraphEdits.replaceByNew(node.output(), leaky);
        });
    }
}
