package dev.hone.core;

/**
 * An expected failure: bad input, an unsupported model, a full disk. Its message is one line that names the thing, what
 * was found, what was expected and what to do; the command line prints it without a stack trace.
 */
public class HoneException extends RuntimeException {
    public HoneException(String message) {
        super(line(message));
    }

    public HoneException(String message, Throwable cause) {
        super(line(message), cause);
    }

    /** Names out of damaged files may hold line breaks and worse. */
    private static String line(String message) {
        return message == null ? null : message.replaceAll("\\p{Cntrl}", "?");
    }
}
