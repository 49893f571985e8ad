package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.build.Ops;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Replaces CastLike by Cast to an explicit type.
 *
 * <pre>CastLike(x, y of type T) = Cast(x, to T)</pre>
 *
 * <p>A constant x can then be folded even if y is not constant. Results are bitwise identical.
 */
public final class CastLikeToCast implements RewriteRule {
    @Override
    public String description() {
        return "Replace casts to the type of another value by casts to an explicit type.";
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
            Map<String, Object> attributes = new HashMap<>(node.attributes());
            attributes.put("to", type.onnx());
            GraphEdits.replaceByNew(node.output(), new Ops(node.graph()).op("Cast", attributes, node.input(0)));
        });
    }
}
