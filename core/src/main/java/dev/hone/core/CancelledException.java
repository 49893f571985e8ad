package dev.hone.core;

/** Thrown when a job stops because its {@link Progress} was cancelled. No partial output is left behind. */
public final class CancelledException extends HoneException {
    public CancelledException() {
        super("cancelled");
    }
}
