package dev.hone.graph.op;

import dev.hone.graph.Node;

/** The table of shape rules. */
public final class ShapeRules {
    private ShapeRules() {}

    /**
     * Sets element types, shapes and, for small integer tensors, known elements of a node's outputs from its inputs. An
     * operator without a rule leaves them unknown.
     */
    public static void infer(Node node) {}
}
