package dev.hone.cli;

import dev.hone.graph.HoneException;
import dev.hone.graph.file.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out before long work whether its result can be written. */
final class Outputs {
    private Outputs() {}

    /** @throws HoneException if a file cannot be made there */
    static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new HoneException(file + " is a folder, expected the name of a file to write");
        }
        requireWritableFolder(folder);
    }

    /** @throws HoneException if a result would take the place of what it is made from; {@code input} may be null */
    static void requireOther(Path file, Path input) {
        try {
            if (input != null && Files.exists(file) && Files.isSameFile(file, input)) {
                throw new HoneException(file + " is what the result is made from; choose another name for -o");
            }
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be looked at, " + FileFailures.reason(e), e);
        }
    }

    /** Makes the folder if need be. */
    static void requireWritableFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(java.nio.file.Files.createTempFile(folder, ".hone", ".probe"));
        } catch (IOException e) {
            throw new HoneException(
                    "cannot write to " + folder + ": " + FileFailures.reason(e)
                            + "; choose another place or change its permissions",
                    e);
        }
    }
}
