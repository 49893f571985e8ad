package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;

/** Element types that attributes name by number. */
final class AttributeTypes {
    private AttributeTypes() {}

    /** @throws GraphException if there is no such element type */
    static ElementType numbered(Node n, long number, ElementType otherwise) {
        if (number == 0) {
            return otherwise;
        }
        for (ElementType type : ElementType.values()) {
            if (type.onnx() == number) {
                return type;
            }
        }
        throw new GraphException(n, "names element type " + number + ", which does not exist");
    }

    /** The wider of the type that statistics are computed in ({@code stash_type}) and the data's own. */
    static ElementType stash(Node n, ElementType own) {
        ElementType stash = numbered(n, n.intAttribute("stash_type", ElementType.FLOAT.onnx()), ElementType.FLOAT);
        return own.bits() >= stash.bits() ? own : stash;
    }
}
