package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.build.Ops;
import java.util.Map;
import java.util.Set;

/**
 * Names the type that a value is cast to, in place of a value of that type.
 *
 * <pre>CastLike(x, y of type T) = Cast(x, to T)</pre>
 *
 * <p>What is cast may then be folded although y is no constant. Results stay the same, bit for bit.
 */
public final class CastLikeToCast implements RewriteRule {
    @Override
    public String sentence() {
        return "Name the type in casts to the type of another value.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("CastLike");
    }

    @Override
    public Match match(Node node) {
        ElementType type = node.input(1).type();
        if (type == null) {
            return Match.declined("the type of its second input is unknown");
        }
        return Match.found(() -> {
            Map<String, Integer> attributes = Map.of("to", type.onnx());
            GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).op("Cast", attributes, node.input(0)));
        });
    }
}
