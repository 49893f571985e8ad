package dev.hone.jobs;

import dev.hone.core.text.Csv;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The first columns of a table of predictions, by which it is known from a table of data. */
public enum PredictionColumns {
    OF_IMAGES("image", "class", "probability", "rejected"),
    OF_ROWS("file", "row", "class", "probability", "rejected");

    private final List<String> names;

    PredictionColumns(String... names) {
        this.names = List.of(names);
    }

    public List<String> names() {
        return names;
    }

    /** Whether a file begins as a table of predictions does. */
    static boolean areIn(Path file) throws IOException {
        for (PredictionColumns columns : values()) {
            byte[] start = columns.names.stream()
                    .map(Csv::cell)
                    .collect(Collectors.joining(",", "", ","))
                    .getBytes(StandardCharsets.UTF_8);
            try (InputStream in = Files.newInputStream(file)) {
                if (Arrays.equals(in.readNBytes(start.length), start)) {
                    return true;
                }
            }
        }
        return false;
    }
}
