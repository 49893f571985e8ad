package dev.hone.cli;

import dev.hone.core.text.NpyArray;
import dev.hone.core.text.NpzReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The small TFLite models of the module that reads them. */
public final class TfliteVectors {
    private static final String MODEL = "/model";

    private TfliteVectors() {}

    public static List<String> names() throws IOException {
        return arrays().keySet().stream()
                .filter(key -> key.endsWith(MODEL))
                .map(key -> key.substring(0, key.length() - MODEL.length()))
                .toList();
    }

    /** Writes one into a folder. */
    public static Path write(String name, Path folder) throws IOException {
        return Files.write(
                folder.resolve(name + ".tflite"), arrays().get(name + MODEL).bytes());
    }

    private static Map<String, NpyArray> arrays() throws IOException {
        return NpzReader.read(
                Path.of("..", "tflite", "src", "test", "resources", "dev", "hone", "tflite", "vectors.npz"));
    }
}
