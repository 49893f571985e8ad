package dev.hone.runtime;

import dev.hone.core.HoneException;

/**
 * A model cannot be opened or run, or a tensor does not match. The message is one line with what was found and what was
 * expected.
 */
public class OnnxRuntimeException extends HoneException {
    private static final int LONGEST = 600;

    public OnnxRuntimeException(String message) {
        super(message);
    }

    public OnnxRuntimeException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Prefixes the native library's message with what failed, and joins it to one line. */
    static OnnxRuntimeException of(String what, ai.onnxruntime.OrtException cause) {
        String words = String.valueOf(cause.getMessage())
                .replaceFirst("^Error code - \\w+ - message: ", "")
                .replaceAll("\\s+", " ")
                .strip();
        if (words.length() > LONGEST) {
            words = words.substring(0, LONGEST) + "...";
        }
        return new OnnxRuntimeException(what + ": " + words, cause);
    }
}
