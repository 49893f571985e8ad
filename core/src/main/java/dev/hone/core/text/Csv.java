package dev.hone.core.text;

import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as RFC 4180 describes them: quoted cells may hold commas, line breaks and "" for ". */
public final class Csv {
    /** A record and the line it starts on, counted from 1. */
    public record Row(int line, List<String> cells) {}

    private Csv() {}

    /** A cell as it is written: quoted where it holds a comma, a quote or a line break. */
    public static String cell(String text) {
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A number as it is written; nothing where there is none (NaN). */
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
