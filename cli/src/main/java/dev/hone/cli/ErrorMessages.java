package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.runtime.OnnxRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Distinguishes expected errors from internal ones, and formats both as one line. */
final class ErrorMessages {
    private ErrorMessages() {}

    static boolean isExpected(Throwable error) {
        return error instanceof HoneException
                || error instanceof OnnxRuntimeException
                || error instanceof IOException
                || error instanceof UncheckedIOException;
    }

    /** Whether a device had no room for a result: neither the user's mistake nor a defect. */
    static boolean isFullDisk(Throwable error) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            String message = String.valueOf(at.getMessage());
            if (at instanceof IOException
                    && (message.contains("No space left on device") || message.contains("quota exceeded"))) {
                return true;
            }
        }
        return false;
    }

    static String line(Throwable error) {
        String message;
        if (error instanceof UncheckedIOException unchecked) {
            return line(unchecked.getCause());
        } else if (error instanceof NoSuchFileException missing) {
            message = missing.getFile() + ": " + FileErrors.MISSING;
        } else if (error instanceof AccessDeniedException denied) {
            message = "no permission for " + denied.getFile() + "; choose another place or change its permissions";
        } else if (error instanceof FileSystemException file && file.getReason() != null) {
            message = file.getFile() + ": " + file.getReason();
        } else if (isExpected(error) && error.getMessage() != null) {
            message = error.getMessage();
        } else {
            message = error.toString();
        }
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
