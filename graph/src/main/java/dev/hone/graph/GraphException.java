package dev.hone.graph;

import dev.hone.core.HoneException;

/** A model cannot be read, verified or transformed. The message names the node and the shapes, if any. */
public class GraphException extends HoneException {
    private final transient Node node;
    private final String reason;

    public GraphException(String message) {
        this(message, (Throwable) null);
    }

    public GraphException(String message, Throwable cause) {
        super(message, cause);
        this.node = null;
        this.reason = message;
    }

    /** A failure at a node, whose label is prepended to the message. */
    public GraphException(Node node, String message) {
        super(node.label() + ": " + message);
        this.node = node;
        this.reason = message;
    }

    /** The node it failed at, or null. */
    public Node node() {
        return node;
    }

    /** The message without the node. */
    public String reason() {
        return reason;
    }
}
