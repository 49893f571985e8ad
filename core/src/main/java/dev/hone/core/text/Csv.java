package dev.hone.core.text;

import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values (RFC 4180): quoted cells may contain commas, line breaks and "" for ". */
public final class Csv {
    /** A record and the line number it starts on, from 1. */
    public record Row(int line, List<String> cells) {}

    private Csv() {}

    /** Encodes a cell: quoted if it contains a comma, a quote or a line break. */
    public static String cell(String text) {
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** Encodes a number; NaN becomes an empty cell. */
    public static String cell(float number) {
        return Float.isNaN(number) ? "" : Float.toString(number);
    }

    /**
     * All records of a file; {@link CsvStream} reads files that are larger than memory.
     *
     * @throws HoneException if the file cannot be read or a quote is never closed
     */
    public static List<Row> read(Path file) {
        List<Row> rows = new ArrayList<>();
        try (CsvStream stream = CsvStream.open(file)) {
            for (Row row = stream.next(); row != null; row = stream.next()) {
                rows.add(row);
            }
        }
        return rows;
    }
}
