package dev.hone.data;

import dev.hone.core.HoneException;
import dev.hone.core.text.Csv;
import dev.hone.core.text.CsvStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A data set from a CSV file with a header and the columns {@code path} (from the folder of the CSV), {@code label},
 * and optionally {@code split} and one that groups samples; others are ignored.
 */
final class CsvReader {
    /** The column of groups unless another is wanted. */
    static final String GROUP = "group";

    private final Path csv;
    private final String groupColumn;
    private final Path folder;
    private final List<String> notices = new ArrayList<>();

    private record Entry(int line, String name, String label, Split split, String group) {
        String described() {
            return "'" + label + "'" + (split == Split.NONE ? "" : " in " + split.word());
        }
    }

    CsvReader(Path csv, String groupColumn) {
        this.csv = csv;
        this.groupColumn = groupColumn;
        this.folder = csv.toAbsolutePath().getParent();
    }

    /** The names in the first line; none of an empty file. */
    static List<String> header(Path csv) {
        try (CsvStream stream = CsvStream.open(csv)) {
            Csv.Row first = stream.next();
            return first == null ? List.of() : names(first);
        }
    }

    private static List<String> names(Csv.Row header) {
        return header.cells().stream().map(String::strip).toList();
    }

    DataSet read() {
        List<Csv.Row> rows = Csv.read(csv);
        if (rows.isEmpty()) {
            throw new HoneException(csv + ": empty, expected a header line path,label,split");
        }
        List<String> header = names(rows.get(0));
        int path = column(header, "path");
        int label = column(header, "label");
        int split = header.indexOf("split");
        int group = header.indexOf(groupColumn);
        Map<String, Entry> entries = new HashMap<>();
        List<Entry> present = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> repeated = new ArrayList<>();
        for (Csv.Row row : rows.subList(1, rows.size())) {
            if (row.cells().size() != header.size()) {
                throw new HoneException(
                        csv + " line " + row.line() + ": " + row.cells().size() + " cells, the header has "
                                + header.size() + "; quote cells that contain commas");
            }
            Entry entry = new Entry(
                    row.line(),
                    name(row, path),
                    cell(row, label),
                    split(row, split),
                    group < 0 ? "" : row.cells().get(group).strip());
            Entry earlier = entries.putIfAbsent(entry.name, entry);
            if (earlier != null) {
                conflict(earlier, entry);
                repeated.add(entry.name + " (line " + entry.line + ")");
            } else if (Files.isRegularFile(folder.resolve(entry.name))) {
                present.add(entry);
            } else {
                missing.add(entry.name + " (line " + entry.line + ")");
            }
        }
        if (entries.isEmpty()) {
            throw new HoneException(csv + ": no rows after the header");
        }
        if (present.isEmpty()) {
            throw new HoneException(csv + ": none of its " + missing.size() + " files exists, " + missing.get(0)
                    + " for one; paths count from " + folder);
        }
        note(missing, "named but missing, left out");
        note(repeated, "named twice, used once");
        List<String> classes =
                ClassNames.sorted(present.stream().map(Entry::label).toList());
        ClassNames.lookalikes(classes).forEach(line -> notices.add(csv.getFileName() + ": " + line));
        List<Sample> samples = present.stream()
                .map(e -> Sample.ofFile(folder.resolve(e.name), e.name, classes.indexOf(e.label), e.split, e.group))
                .toList();
        return new DataSet(folder, csv, classes, samples, notices);
    }

    private String name(Csv.Row row, int column) {
        String written = cell(row, column);
        try {
            return Path.of(written).normalize().toString().replace('\\', '/');
        } catch (InvalidPathException e) {
            throw new HoneException(
                    csv + " line " + row.line() + ": the path cannot be one, " + e.getReason() + " (at character "
                            + (e.getIndex() + 1) + " of " + written.length() + ")",
                    e);
        }
    }

    private int column(List<String> header, String name) {
        int at = header.indexOf(name);
        if (at < 0) {
            throw new HoneException(csv + ": no column '" + name
                    + "' in the header, expected path,label and perhaps split in a list of images; "
                    + "it has " + String.join(", ", header.subList(0, Math.min(5, header.size())))
                    + (header.size() > 5 ? " and " + (header.size() - 5) + " more" : ""));
        }
        return at;
    }

    private String cell(Csv.Row row, int column) {
        String value = row.cells().get(column).strip();
        if (value.isEmpty()) {
            throw new HoneException(csv + " line " + row.line() + ": cell " + (column + 1) + " is empty");
        }
        return value;
    }

    private Split split(Csv.Row row, int column) {
        if (column < 0) {
            return Split.NONE;
        }
        Split split = Split.named(row.cells().get(column));
        if (split == null) {
            throw new HoneException(csv + " line " + row.line() + ": split '"
                    + row.cells().get(column) + "', expected train, val or test");
        }
        return split;
    }

    private void conflict(Entry a, Entry b) {
        if (!a.label.equals(b.label) || a.split != b.split) {
            throw new HoneException(csv + " line " + b.line + ": " + b.name + " is " + b.described() + " here and "
                    + a.described() + " on line " + a.line + "; keep one of them");
        }
    }

    private void note(List<String> names, String what) {
        if (!names.isEmpty()) {
            notices.add(csv.getFileName() + ": " + Notices.count(names, "file", what));
        }
    }
}
