package dev.hone.tflite.convert;

import dev.hone.graph.GraphException;

/** The graph is right for the sizes of the file only, so that none of them can be left open. */
final class FixedSizeException extends GraphException {
    FixedSizeException(String message) {
        super(message);
    }
}
