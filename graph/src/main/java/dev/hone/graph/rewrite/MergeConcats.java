package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Merges nested concatenations along the same axis.
 *
 * <pre>Concat(Concat(a, b), c) = Concat(a, b, c)</pre>
 *
 * <p>The inner node must have no other uses. Results are bitwise identical.
 */
public final class MergeConcats implements RewriteRule {
    @Override
    public String description() {
        return "Merge concatenations along the same axis.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Concat");
    }

    @Override
    public Match match(Node outer) {
        long axis = axis(outer, Patterns.rank(outer.output()));
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < outer.inputs().size(); i++) {
            Node inner = Patterns.soleProducer(outer, i, "Concat");
            if (inner != null
                    && inner.output().uses().size() == 1
                    && axis(inner, Patterns.rank(outer.output())) == axis) {
                parts.addAll(inner.inputs());
            } else {
                parts.add(outer.input(i));
            }
        }
        if (parts.size() == outer.inputs().size()) {
            return Match.declined("no input is a concatenation along the same axis without other uses");
        }
        return Match.found(() -> GraphEdits.replaceByNew(
                outer.output(),
                new Ops(outer.graph())
                        .op("Concat", Map.of("axis", outer.intAttribute("axis", 0)), parts.toArray(Value[]::new))));
    }

    private static long axis(Node concat, int rank) {
        long axis = concat.intAttribute("axis", 0);
        return axis < 0 && rank >= 0 ? axis + rank : axis;
    }
}
