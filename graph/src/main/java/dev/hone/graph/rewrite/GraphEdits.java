package dev.hone.graph.rewrite;

import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.List;
import java.util.Objects;

/** Modifications of a graph that keep names, outputs and uses consistent. */
public final class GraphEdits {
    private GraphEdits() {}

    /**
     * Whether all uses of a value may be replaced by another value. A graph output must keep its name and be produced
     * by a node of that graph, so only a node output in that graph which is not itself a graph output can replace it.
     */
    public static boolean canReplace(Value old, Value by) {
        return !old.isOutput() || (by.graph() == old.graph() && by.producer() != null && !by.isOutput());
    }

    /**
     * Replaces all uses of a value. The new value takes over the name if it is that of a graph output or if the new
     * value was created for this purpose ({@code fresh}), and type and shape if it has none.
     */
    private static void replace(Value old, Value by, boolean fresh) {
        if (!canReplace(old, by)) {
            throw new IllegalStateException("graph output " + old.name() + " cannot be replaced by " + by.name());
        }
        if (by.type() == null) {
            by.setType(old.type());
        }
        by.setShape(refined(by.shape(), old.shape()));
        if (by.elements() == null && by.constant() == null) {
            by.setElements(old.elements());
        }
        if (old.isOutput() || fresh) {
            String name = old.name();
            old.setName(by.name());
            by.setName(name);
        }
        if (fresh
                && by.producer() != null
                && by.producer().name().isEmpty()
                && old.producer() != null
                && old.producer() != by.producer()) {
            by.producer().setName(old.producer().name());
            old.producer().setName("");
        }
        old.replaceBy(by);
    }

    /** The first shape, with unknown dimensions taken from the second. */
    private static Shape refined(Shape shape, Shape other) {
        if (shape == null || other == null || shape.rank() != other.rank()) {
            return shape == null ? other : shape;
        }
        Shape result = shape;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis).isAnonymous()) {
                result = result.with(axis, other.dim(axis));
            }
        }
        return result;
    }

    /** Replaces a value by an existing one. */
    public static void replaceByExisting(Value old, Value by) {
        replace(old, by, false);
    }

    /** Replaces a value by a new one, which takes over its name, its declared shape and its node's name. */
    public static void replaceByNew(Value old, Value by) {
        replace(old, by, true);
    }

    /**
     * Converts {@code Constant} nodes with float tensors, as some exporters write weights, to initializers of the same
     * name.
     */
    public static void weightsToInitializers(Graph graph) {
        for (Node node : List.copyOf(graph.nodes())) {
            if (node.is("Constant")
                    && node.attribute("value") instanceof Attribute.TensorValue value
                    && value.value().type().isFloat()
                    && !node.output().isOutput()) {
                replaceByNew(node.output(), graph.addConstant(value.value()));
                graph.remove(node);
            }
        }
    }

    /** Removes a node if it is unused, then recursively the producers of its inputs that became unused. */
    public static void prune(Node node) {
        Graph graph = node.graph();
        if (!graph.nodes().contains(node)
                || !node.outputs().stream().allMatch(v -> v == null || v.isUnused())
                || !node.subgraphs().isEmpty()) {
            return;
        }
        List<Value> inputs = List.copyOf(
                node.inputs().stream().filter(Objects::nonNull).distinct().toList());
        graph.remove(node);
        for (Value input : inputs) {
            if (input.producer() != null) {
                prune(input.producer());
            } else if (input.isConstant() && input.isUnused()) {
                input.graph().removeConstant(input);
            }
        }
    }
}
