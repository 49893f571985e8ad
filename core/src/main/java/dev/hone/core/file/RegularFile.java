package dev.hone.core.file;

import dev.hone.core.HoneException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that end: reading a pipe waits for somebody who writes to it, and a device may never end. */
public final class RegularFile {
    private RegularFile() {}

    /**
     * The file itself, if it is not a pipe, socket or device; what is missing or a folder is left to its reader.
     *
     * @throws HoneException if it is one of these
     */
    public static Path of(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new HoneException(file + ": a pipe, socket or device and not a regular file; write it to one first");
        }
        return file;
    }
}
