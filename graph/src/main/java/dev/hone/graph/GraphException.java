package dev.hone.graph;

import dev.hone.core.HoneException;

/** A model that cannot be read, verified or transformed; the message names the node and the shapes where there are any. */
public class GraphException extends HoneException {
    public GraphException(String message) {
        super(message);
    }

    public GraphException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A failure at one node; its label is put in front of the message. */
    public GraphException(Node node, String message) {
        super(node.label() + ": " + message);
    }
}
