package dev.hone.jobs.recipe;

import dev.hone.core.HoneException;
import java.nio.file.Path;

/**
 * A place in a recipe file.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(Path file, int line, int column) {
    /** A failure there. */
    public HoneException failure(String message) {
        return new HoneException(this + ": " + message);
    }

    public HoneException failure(String message, Throwable cause) {
        return new HoneException(this + ": " + message, cause);
    }

    @Override
    public String toString() {
        return file + " line " + line + ", column " + column;
    }
}
