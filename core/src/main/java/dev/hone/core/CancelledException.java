package dev.hone.core;

/** Work was stopped because its {@link Progress} asked for it. Nothing half-written is left. */
public final class CancelledException extends HoneException {
    public CancelledException() {
        super("cancelled");
    }
}
