package dev.hone.tflite;

import dev.hone.core.text.NpyArray;
import dev.hone.core.text.NpzReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small TFLite models with what TFLite's own interpreter makes of inputs, by {@code tflite_vectors.py}. */
final class Vectors {
    private Vectors() {}

    /** The file of a case. */
    static byte[] model(String name) {
        return all().get(name).get("model").bytes().clone();
    }

    /** The arrays of each case by their names: model, in0, out0, step0 and so on. */
    static Map<String, Map<String, NpyArray>> all() {
        Map<String, Map<String, NpyArray>> cases = new LinkedHashMap<>();
        try {
            Path file = Path.of(Vectors.class.getResource("vectors.npz").toURI());
            NpzReader.read(file).forEach((key, array) -> {
                int slash = key.indexOf('/');
                cases.computeIfAbsent(key.substring(0, slash), name -> new LinkedHashMap<>())
                        .put(key.substring(slash + 1), array);
            });
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return cases;
    }
}
