package dev.hone.jobs.input;

import java.nio.file.Path;

/**
 * A file that an input names.
 *
 * @param file to read
 * @param root the folder that was searched for it, or the folder of a file given by its own name
 * @param input position of the input among those given, from 0
 */
public record FoundFile(Path file, Path root, int input) {
    /** Its path below the folder that was searched. */
    public Path name() {
        return root.relativize(file);
    }
}
