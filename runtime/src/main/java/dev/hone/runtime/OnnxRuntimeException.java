package dev.hone.runtime;

import dev.hone.core.HoneException;

/**
 * A model that cannot be opened or run, or a tensor that does not fit: one line that names the thing, what was found
 * and what was expected.
 */
public class OnnxRuntimeException extends HoneException {
    private static final int LONGEST = 600;

    public OnnxRuntimeException(String message) {
        super(message);
    }

    public OnnxRuntimeException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What went wrong in front, then the native library's own words made one line. */
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
