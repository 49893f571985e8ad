package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Gives a Reshape whose target is computed in the graph a constant one, where its output's shape is known.
 *
 * <pre>Reshape(x, Concat(Shape(x)[0], -1)) = Reshape(x, [0, 512])</pre>
 *
 * <p>That frees the Shape, Gather and Concat nodes that exporters write. Results stay the same, bit for bit.
 */
public final class ConstantReshape implements RewriteRule {
    @Override
    public String sentence() {
        return "Give reshapes constant targets in place of computed ones.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Reshape");
    }

    @Override
    public Match match(Node node) {
        if (Patterns.constant(node.input(1)) != null) {
            return Match.declined("its target is a constant already");
        }
        Value x = node.input(0);
        long[] target = MergeReshapes.target(x.shape(), node.output().shape());
        if (target == null) {
            return Match.declined("its output's shape is not known well enough");
        }
        return Match.found(() -> GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).reshape(x, target)));
    }
}
