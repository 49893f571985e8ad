package dev.hone.graph.rewrite.upgrade;

import dev.hone.graph.Node;

/**
 * Turns a node of the version before into one of a version at which its operator changed in more than its element
 * types. Nodes that it adds are of {@link dev.hone.graph.Model#OPSET} already.
 */
@FunctionalInterface
interface Adapter {
    void adapt(Node node);
}
