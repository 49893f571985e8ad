package dev.hone.core.file;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * A result that cannot be written. What was asked for is not there afterwards, so that work on further inputs, whose results
 * go to the same place, makes no sense.
 */
public final class OutputException extends HoneException {
    /** @param place the file, or the folder for files */
    public OutputException(Path place, IOException cause) {
        super(
                place + ": cannot be written, " + FileErrors.reason(cause) + "; choose another place or "
                        + (cause instanceof AccessDeniedException ? "change its permissions" : "make room"),
                cause);
    }
}
