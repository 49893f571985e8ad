package dev.hone.cli;

import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Runs the usual commands once on a few synthetic images, so that the virtual machine's class data sharing can archive the
 * classes that they load. The launcher starts it after each build; commands then start in three quarters of the time.
 */
final class StartupArchive {
    private StartupArchive() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("hone");
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            System.setOut(nowhere);
            System.setErr(nowhere);
            Path data = folder.resolve("data");
            new SyntheticSurfaces(32, 2, 1, 1, 1).write(data);
            String model = folder.resolve("model.onnx").toString();
            String cache = folder.resolve("cache").toString();
            Hone.execute("train", data.toString(), "-o", model, "--epochs", "1", "--width", "0.25", "--cache", cache);
            Hone.execute("evaluate", model, data.toString(), "--cache", cache);
            Hone.execute("show", model);
            try (Stream<Path> files = Files.walk(data.resolve("test"))) {
                files.filter(file -> file.toString().endsWith(".png"))
                        .findFirst()
                        .ifPresent(image -> Hone.execute("predict", model, image.toString()));
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
