package dev.hone.graph.rewrite.upgrade;

import dev.hone.graph.Node;

/**
 * Converts a node to a version at which its operator changed in more than its element types. Added nodes already use
 * {@link dev.hone.graph.Model#OPSET}.
 */
@FunctionalInterface
interface Adapter {
    void adapt(Node node);
}
