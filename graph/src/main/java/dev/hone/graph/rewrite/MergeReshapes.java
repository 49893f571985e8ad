package dev.hone.graph.rewrite;

import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import java.util.Set;

/**
 * Merges two consecutive nodes that keep the order of elements: Reshape, Flatten, Squeeze, Unsqueeze.
 *
 * <pre>Reshape(Reshape(x, s), t) = Reshape(x, t)</pre>
 *
 * <p>The final shape must be known except for one dimension, or for dimensions that x has at the same position. The
 * first node is kept if it has other uses. Results are bitwise identical.
 */
public final class MergeReshapes implements RewriteRule {
    private static final Set<String> OPERATORS = OperatorTraits.withAxes("reshape");

    @Override
    public String description() {
        return "Merge two consecutive Reshape, Flatten, Squeeze or Unsqueeze nodes into one Reshape.";
    }

    @Override
    public Set<String> operators() {
        return OPERATORS;
    }

    @Override
    public Match match(Node second) {
        Node first = second.input(0).producer();
        if (first == null
                || first.graph() != second.graph()
                || !first.domain().isEmpty()
                || !OPERATORS.contains(first.op())) {
            return Match.declined("its input is not reshaped");
        }
        Value x = first.input(0);
        if (Patterns.sameShape(x, second.output())) {
            return GraphEdits.canReplace(second.output(), x)
                    ? Match.found(() -> GraphEdits.replaceByExisting(second.output(), x))
                    : Match.declined("it produces a graph output");
        }
        long[] target = target(x.shape(), second.output().shape());
        if (target == null) {
            return Match.declined("the final shape is not sufficiently known");
        }
        return Match.found(() -> GraphEdits.replaceByNew(second.output(), new Ops(second.graph()).reshape(x, target)));
    }

    /**
     * The target of a Reshape between two shapes: numbers, 0 for a symbol that keeps its position, -1 for at most one
     * other.
     *
     * @return null if no such target exists
     */
    static long[] target(Shape from, Shape to) {
        if (to == null) {
            return null;
        }
        long[] target = new long[to.rank()];
        boolean open = false;
        for (int i = 0; i < target.length; i++) {
            Dim dim = to.dim(i);
            if (dim.isConstant()) {
                target[i] = dim.constant();
                if (target[i] == 0) {
                    return null;
                }
            } else if (from != null && i < from.rank() && from.dim(i).equals(dim)) {
                target[i] = 0;
            } else if (!open) {
                open = true;
                target[i] = -1;
            } else {
                return null;
            }
        }
        return target;
    }
}
