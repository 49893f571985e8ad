package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Replaces the computed target of a Reshape by a constant, if the output shape is known.
 *
 * <pre>Reshape(x, Concat(Shape(x)[0], -1)) = Reshape(x, [0, 512])</pre>
 *
 * <p>The Shape, Gather and Concat nodes that exporters write become unused. Results are bitwise identical.
 */
public final class ConstantReshape implements RewriteRule {
    @Override
    public String description() {
        return "Replace computed targets of reshapes by constants.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Reshape");
    }

    @Override
    public Match match(Node node) {
        if (Patterns.constant(node.input(1)) != null) {
            return Match.declined("its target is already constant");
        }
        Value x = node.input(0);
        long[] target = MergeReshapes.target(x.shape(), node.output().shape());
        if (target == null) {
            return Match.declined("its output shape is not sufficiently known");
        }
        return Match.found(() -> GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).reshape(x, target)));
    }
}
