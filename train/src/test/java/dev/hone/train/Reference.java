package dev.hone.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The numbers of reference.txt, which reference.py made with PyTorch and scikit-learn, and those of rows.txt, by rows.py, with
 * {@code rows.} before their names, and of groups.txt, by groups.py, with {@code groups.}.
 */
public final class Reference {
    private static final Map<String, double[]> VECTORS = read();

    private Reference() {}

    private static Map<String, double[]> read() {
        Map<String, double[]> vectors = new HashMap<>();
        read("reference.txt", "", vectors);
        read("rows.txt", "rows.", vectors);
        read("groups.txt", "groups.", vectors);
        return vectors;
    }

    private static void read(String file, String prefix, Map<String, double[]> vectors) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Reference.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                vectors.put(
                        prefix + words[0],
                        Arrays.stream(words)
                                .skip(1)
                                .mapToDouble(word -> word.equals("nan") ? Double.NaN : Double.parseDouble(word))
                                .toArray());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static double[] doubles(String name) {
        return Objects.requireNonNull(VECTORS.get(name), name).clone();
    }

    public static double number(String name) {
        return doubles(name)[0];
    }

    public static float[] floats(String name) {
        double[] values = doubles(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    public static int[] ints(String name) {
        return Arrays.stream(doubles(name)).mapToInt(v -> (int) v).toArray();
    }
}
