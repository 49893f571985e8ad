package dev.hone.graph;

import dev.hone.core.HoneException;

/** A model cannot be read, verified or transformed. The message names the node and the shapes, if any. */
public class GraphException extends HoneException {
    public GraphException(String message) {
        super(message);
    }

    public GraphException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A failure at a node, whose label is prepended to the message. */
    public GraphException(Node node, String message) {
        super(node.label() + ": " + message);
    }
}
