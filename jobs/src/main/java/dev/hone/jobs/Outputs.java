package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.data.ImageNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out before long work whether its result can be written. */
public final class Outputs {
    private Outputs() {}

    /**
     * @param inputs what the command reads, which may not be written over; null where an option is not given
     * @throws HoneException if a file cannot be made there, or an input or an image would be lost
     */
    public static void requireWritable(Path file, Path... inputs) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new HoneException(file + " is a folder, expected the name of a file to write");
        }
        for (Path input : inputs) {
            if (input != null && same(file, input)) {
                throw new HoneException(file + " is to be written and is read as " + input
                        + ", which would be lost; choose another name to write to");
            }
        }
        if (ImageNames.matches(file) && Files.exists(file)) {
            throw new HoneException(file + " is an image, which would be lost; choose another name to write to");
        }
        requireWritableFolder(folder);
    }

    /** Whether two names lead to one file that exists: links and other spellings count. */
    public static boolean same(Path a, Path b) {
        try {
            return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
        } catch (IOException e) {
            throw new HoneException("cannot tell " + a + " from " + b + ": " + FileErrors.reason(e), e);
        }
    }

    /** Makes the folder if need be. */
    public static void requireWritableFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".hone", ".probe"));
        } catch (IOException e) {
            throw new HoneException(
                    "cannot write to " + folder + ": " + FileErrors.reason(e)
                            + "; choose another place or change its permissions",
                    e);
        }
    }
}
