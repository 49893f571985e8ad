package dev.hone.core.text;

import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Comma-separated values (RFC 4180): quoted cells may contain commas, line breaks and "" for ".
 *
 * <p>A text that a spreadsheet would take for a formula, as it begins with =, +, -, @, a tab or a line break, is written with
 * an apostrophe in front, unless it is a number; one that already has apostrophes in front of these gets one more. Reading
 * takes one away, so that any text comes back as it was.
 */
public final class Csv {
    /** A record and the line number it starts on, from 1. */
    public record Row(int line, List<String> cells) {}

    private static final String APOSTROPHE = "'";
    private static final Pattern PLAIN = Pattern.compile("[^\",\r\n]*");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private Csv() {}

    /** Encodes a cell: quoted if it contains a comma, a quote or a line break; nothing in it is run as a formula. */
    public static String cell(String text) {
        String plain = isFormula(text) && !NUMBER.matcher(text).matches() ? APOSTROPHE + text : text;
        return PLAIN.matcher(plain).matches() ? plain : '"' + plain.replace("\"", "\"\"") + '"';
    }

    /** A cell as it was before it was written. */
    static String decoded(String cell) {
        return cell.startsWith(APOSTROPHE) && isFormula(cell) ? cell.substring(1) : cell;
    }

    /** Whether a text begins as a formula does, apostrophes aside. Some spreadsheets take wide forms of the signs too. */
    private static boolean isFormula(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == '\'') {
            at++;
        }
        return at < text.length() && "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20".indexOf(text.charAt(at)) >= 0;
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
