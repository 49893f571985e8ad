package dev.hone.core;

/**
 * An expected failure, such as bad input, an unsupported model or a full disk. The message is one line that says what
 * is wrong, where, and what to do; the command line prints it without a stack trace.
 */
public class HoneException extends RuntimeException {
    public HoneException(String message) {
        super(line(message));
    }

    public HoneException(String message, Throwable cause) {
        super(line(message), cause);
    }

    /** Names read from damaged files may contain control characters and line breaks. */
    private static String line(String message) {
        return message == null ? null : Shown.text(message);
    }
}
