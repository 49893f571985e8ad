package dev.hone.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writing that leaves either the whole new file or what was there before. */
public final class Files {
    private Files() {}

    public static void writeAtomically(Path file, byte[] bytes) throws IOException {
        Path absolute = file.toAbsolutePath();
        java.nio.file.Files.createDirectories(absolute.getParent());
        Path beside = java.nio.file.Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".part");
        try {
            java.nio.file.Files.write(beside, bytes);
            java.nio.file.Files.move(
                    beside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            java.nio.file.Files.deleteIfExists(beside);
        }
    }

    public static void writeAtomically(Path file, String text) throws IOException {
        writeAtomically(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
