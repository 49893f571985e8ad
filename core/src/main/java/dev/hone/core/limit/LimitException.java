package dev.hone.core.limit;

import dev.hone.core.HoneException;

/** Input from outside exceeds a limit. The message says which, what was found and what to do. */
public class LimitException extends HoneException {
    public LimitException(String message) {
        super(message);
    }

    public LimitException(String message, Throwable cause) {
        super(message, cause);
    }
}
