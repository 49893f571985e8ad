package dev.hone.core;

/**
 * Thrown when a job stops because its {@link Progress} was cancelled. No partial output is left behind, except what a later
 * run resumes from, which the message then names.
 */
public final class CancelledException extends HoneException {
    public CancelledException() {
        super("cancelled");
    }

    public CancelledException(String message) {
        super(message);
    }
}
