package dev.hone.core.text;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.RegularFile;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Streams the records of a UTF-8 CSV file; holds one record in memory at a time. */
public final class CsvStream implements AutoCloseable {
    /** Maximum number of characters in a record, so that an unclosed quote does not exhaust memory. */
    public static final int MAX_RECORD = 1 << 22;

    private static final int END = -1;
    private static final int BLOCK = 1 << 15;

    private final Path file;
    private final Reader reader;
    private final char[] block = new char[BLOCK];
    private final StringBuilder cell = new StringBuilder();
    private int at;
    private int limit;
    private int line = 1;
    private int characters;

    private CsvStream(Path file, Reader reader) {
        this.file = file;
        this.reader = reader;
    }

    /** @throws HoneException if the file cannot be opened */
    public static CsvStream open(Path file) {
        if (Files.isDirectory(file)) {
            throw new HoneException(file + ": is a folder, expected a table as a .csv file; a folder holds images, for "
                    + "which no target is given");
        }
        RegularFile.of(file);
        try {
            CsvStream stream = new CsvStream(
                    file, new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()));
            if (file.toString().toLowerCase(Locale.ROOT).endsWith(".parquet")) {
                stream.close();
                throw new HoneException(file + ": a Parquet file, expected CSV; export the table as a .csv file");
            }
            if (stream.peek() == '\ufeff') {
                stream.at++;
            }
            return stream;
        } catch (NoSuchFileException e) {
            throw new HoneException(file + ": " + FileErrors.MISSING, e);
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be read, " + FileErrors.reason(e), e);
        }
    }

    /**
     * The next record, or null at the end of the file. Blank lines are skipped.
     *
     * @throws HoneException if the file cannot be read, a quote is never closed or a record is too long
     */
    public Csv.Row next() {
        while (true) {
            int start = line;
            List<String> cells = record();
            if (cells == null) {
                return null;
            }
            if (cells.size() > 1 || !cells.get(0).isBlank()) {
                return new Csv.Row(start, cells);
            }
        }
    }

    /** The cells up to the next unquoted line break; null at the end of the file. */
    private List<String> record() {
        if (peek() == END) {
            return null;
        }
        int start = line;
        characters = 0;
        List<String> cells = new ArrayList<>();
        boolean quoted = false;
        while (true) {
            int c = take(start);
            if (c == END) {
                if (quoted) {
                    throw new HoneException(file + ": the quote opened on line " + start + " is never closed");
                }
                break;
            }
            if (c == '\n') {
                line++;
            }
            if (quoted) {
                if (c != '"') {
                    cell.append((char) c);
                } else if (peek() == '"') {
                    cell.append((char) take(start));
                } else {
                    quoted = false;
                }
            } else if (c == '"' && cell.isEmpty()) {
                quoted = true;
            } else if (c == ',') {
                cells.add(cell());
            } else if (c == '\n') {
                break;
            } else if (c != '\r' || (peek() != '\n' && peek() != END)) {
                cell.append((char) c);
            }
        }
        cells.add(cell());
        return List.copyOf(cells);
    }

    private String cell() {
        String text = cell.toString();
        cell.setLength(0);
        return Csv.decoded(text);
    }

    private int take(int start) {
        int c = peek();
        if (c != END) {
            at++;
        }
        if (++characters > MAX_RECORD) {
            throw new HoneException(file + ": the row that begins on line " + start + " is longer than " + MAX_RECORD
                    + " characters; is a closing quote missing?");
        }
        return c;
    }

    private int peek() {
        if (at < limit) {
            return block[at];
        }
        try {
            at = 0;
            limit = reader.read(block);
        } catch (CharacterCodingException e) {
            throw new HoneException(file + ": not text in UTF-8 (line " + line + " or soon after)", e);
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be read, " + FileErrors.reason(e), e);
        }
        return limit > 0 ? block[at] : END;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be closed, " + FileErrors.reason(e), e);
        }
    }
}
