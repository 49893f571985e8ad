package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Set;

/**
 * Merges two consecutive transpositions.
 *
 * <pre>Transpose(Transpose(x, p), q) = Transpose(x, r),  r[i] = p[q[i]]</pre>
 *
 * <p>The first node is kept if it has other uses. Results are bitwise identical.
 */
public final class MergeTransposes implements RewriteRule {
    @Override
    public String description() {
        return "Merge two consecutive transpositions.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Transpose");
    }

    @Override
    public Match match(Node second) {
        Node first = Patterns.producer(second, 0, "Transpose");
        if (first == null) {
            return Match.declined("its input is not a transposition");
        }
        int[] p = Patterns.permutation(first);
        int[] q = Patterns.permutation(second);
        if (p == null || q == null || p.length != q.length) {
            return Match.declined("the rank is unknown");
        }
        return Match.found(() -> {
            long[] r = Arrays.stream(q).mapToLong(i -> p[i]).toArray();
            GraphEdits.replaceByNew(second.output(), new Ops(second.graph()).transpose(first.input(0), r));
        });
    }
}
