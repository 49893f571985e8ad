package dev.hone.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that several tests share, deleted when the tests end. */
final class TestFolder {
    private TestFolder() {}

    static Path of(String name) {
        try {
            Path folder = Files.createTempDirectory("hone-jobs");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return Files.createDirectory(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
