package dev.hone.jobs.predict;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import dev.hone.core.text.Csv;
import dev.hone.jobs.PredictionColumns;
import dev.hone.jobs.watch.WholeLines;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Predictions as comma-separated values (RFC 4180), a line for each: {@code image} (or {@code file} and {@code row}), class,
 * probability, rejected, the probability of each class as {@code p_<label>}, error. Written line by line: whole at the end,
 * or appended to what is there.
 */
final class PredictionCsv implements AutoCloseable {
    private final Path file;
    private final AtomicFile whole;
    private final FileChannel appended;
    private final OutputStream out;
    private final boolean rows;
    private final int classes;

    private PredictionCsv(Path file, AtomicFile whole, FileChannel channel, boolean rows, List<String> labels) {
        this.file = file;
        this.whole = whole;
        this.appended = whole == null ? channel : null;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        this.rows = rows;
        this.classes = labels.size();
    }

    /**
     * A file that takes its place when it is {@link #commit committed}.
     *
     * @param rows whether rows of tables are predicted, not images
     * @param labels of the model's classes
     */
    static PredictionCsv whole(Path file, boolean rows, List<String> labels) {
        try {
            AtomicFile target = AtomicFile.beside(file);
            PredictionCsv csv = new PredictionCsv(file, target, target.channel(), rows, labels);
            csv.write(header(rows, labels));
            return csv;
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /**
     * Appends to a file, or starts it; an unfinished last line is cut off.
     *
     * @throws HoneException if the file has other columns
     */
    static PredictionCsv appending(Path file, List<String> labels) {
        String header = header(false, labels);
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                requireHeader(file, header);
                long size = WholeLines.end(channel);
                channel.truncate(size);
                channel.position(size);
                PredictionCsv csv = new PredictionCsv(file, null, channel, false, labels);
                if (size == 0) {
                    csv.write(header);
                    csv.flush();
                }
                return csv;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** A file that is shorter than the header is its beginning, or not to be lost. */
    private static void requireHeader(Path file, String header) throws IOException {
        byte[] expected = header.getBytes(StandardCharsets.UTF_8);
        byte[] found;
        try (var in = Files.newInputStream(file)) {
            found = in.readNBytes(expected.length);
        }
        if (!Arrays.equals(found, Arrays.copyOf(expected, found.length))) {
            throw new HoneException(file + " has other columns than the predictions of this model; expected "
                    + header.strip() + "; give another file");
        }
    }

    private static PredictionColumns columns(boolean rows) {
        return rows ? PredictionColumns.OF_ROWS : PredictionColumns.OF_IMAGES;
    }

    private static String header(boolean rows, List<String> labels) {
        List<String> names = new ArrayList<>(columns(rows).names());
        labels.forEach(label -> names.add("p_" + label));
        names.add("error");
        return line(names);
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(",")) + "\r\n";
    }

    void add(PredictResult.Line line) {
        List<String> cells = new ArrayList<>();
        cells.add(line.file().toString());
        if (rows) {
            cells.add(Integer.toString(line.row()));
        }
        if (line.error() == null) {
            cells.add(line.prediction().label());
            cells.add(number(line.prediction().probability()));
            cells.add(
                    line.prediction().rejected() == null
                            ? ""
                            : line.prediction().rejected().toString());
            line.prediction().probabilities().values().stream().limit(classes).forEach(p -> cells.add(number(p)));
        }
        while (cells.size() < columns(rows).names().size() + classes) {
            cells.add("");
        }
        cells.add(line.error() == null ? "" : line.error());
        try {
            write(line(cells));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    private static String number(float probability) {
        return String.format(Locale.ROOT, "%.6f", probability);
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Hands what was added to the system. */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    /** Puts a whole file in its place. */
    void commit() {
        try {
            out.flush();
            whole.commit();
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    @Override
    public void close() {
        try {
            if (whole != null) {
                whole.close();
            } else {
                out.flush();
                appended.close();
            }
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }
}
