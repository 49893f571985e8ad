package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Writes a sum of two values as Add, as which all other rules know it.
 *
 * <pre>Sum(a, b) = Add(a, b)</pre>
 *
 * <p>Results are bitwise identical.
 */
public final class SumToAdd implements RewriteRule {
    @Override
    public String description() {
        return "Write sums of two values as Add.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Sum");
    }

    @Override
    public Set<String> makes() {
        return Set.of("Add");
    }

    @Override
    public Match match(Node node) {
        if (node.inputs().size() != 2) {
            return Match.declined("it does not have two inputs");
        }
        return Match.found(
                () -> GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).add(node.input(0), node.input(1))));
    }
}
