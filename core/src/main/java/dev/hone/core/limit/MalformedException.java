package dev.hone.core.limit;

/** Bytes are no complete message of the expected kind: another kind of file, or a truncated one. */
public final class MalformedException extends LimitException {
    public MalformedException(String message) {
        super(message);
    }
}
