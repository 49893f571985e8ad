package dev.hone.core.text;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

    /** @throws HoneException if the file cannot be read or a quote is never closed */
    public static List<Row> read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new HoneException(file + ": no such file", e);
        } catch (CharacterCodingException e) {
            throw new HoneException(file + ": not text in UTF-8", e);
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be read, " + e.getMessage(), e);
        }
        return parse(file, text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    private static List<Row> parse(Path file, String text) {
        List<Row> rows = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        int line = 1;
        int start = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
            }
            if (quoted) {
                if (c != '"') {
                    cell.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && cell.isEmpty()) {
                quoted = true;
            } else if (c == ',') {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (c == '\n') {
                end(rows, cells, cell, start);
                start = line;
            } else if (c != '\r' || (i + 1 < text.length() && text.charAt(i + 1) != '\n')) {
                cell.append(c);
            }
        }
        if (quoted) {
            throw new HoneException(file + ": the quote opened on line " + start + " is never closed");
        }
        end(rows, cells, cell, start);
        return rows;
    }

    private static void end(List<Row> rows, List<String> cells, StringBuilder cell, int line) {
        cells.add(cell.toString());
        cell.setLength(0);
        if (cells.size() > 1 || !cells.get(0).isBlank()) {
            rows.add(new Row(line, List.copyOf(cells)));
        }
        cells.clear();
    }
}
