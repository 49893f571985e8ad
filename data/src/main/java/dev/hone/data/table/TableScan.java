package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.text.Csv;
import dev.hone.core.text.CsvStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The first pass over a table: its header, and what the cells of every column are.
 *
 * @param rows under the header
 */
record TableScan(List<String> header, List<ColumnProfile> profiles, int rows) {
    private static final int NEWS = 1 << 13;

    static TableScan of(Path csv, Progress progress) {
        progress.started("reading " + csv.getFileName(), 0);
        try (CsvStream stream = CsvStream.open(csv)) {
            List<String> header = header(csv, stream.next());
            List<ColumnProfile> profiles = new ArrayList<>();
            header.forEach(name -> profiles.add(new ColumnProfile(name)));
            int rows = 0;
            for (Csv.Row row = stream.next(); row != null; row = stream.next()) {
                requireWidth(csv, row, header);
                for (int i = 0; i < header.size(); i++) {
                    profiles.get(i).add(row.cells().get(i).strip(), row.line());
                }
                if (++rows % NEWS == 0) {
                    progress.advanced(rows);
                    progress.checkCancelled();
                }
            }
            if (rows == 0) {
                throw new HoneException(csv + ": no rows after the header");
            }
            return new TableScan(header, profiles, rows);
        } finally {
            progress.finished();
        }
    }

    static void requireWidth(Path csv, Csv.Row row, List<String> header) {
        if (row.cells().size() != header.size()) {
            throw new HoneException(
                    csv + " line " + row.line() + ": " + row.cells().size() + " cells, the header has " + header.size()
                            + "; quote cells that contain commas");
        }
    }

    /** The names in the first record. */
    static List<String> header(Path csv, Csv.Row first) {
        if (first == null) {
            throw new HoneException(csv + ": empty, expected a header line with the names of the columns");
        }
        List<String> header = first.cells().stream().map(String::strip).toList();
        if (header.size() == 1) {
            for (String separator : List.of(";", "\t")) {
                if (header.get(0).contains(separator)) {
                    throw new HoneException(
                            csv + ": the columns are separated by " + (separator.equals(";") ? "semicolons" : "tabs")
                                    + "; write the file with commas between cells and a point in decimal numbers");
                }
            }
        }
        Set<String> names = new HashSet<>();
        for (String name : header) {
            if (!name.isEmpty() && !names.add(name)) {
                throw new HoneException(csv + ": two columns are called '" + name + "'; rename one of them");
            }
        }
        return header;
    }

    ColumnProfile profile(String name) {
        return profiles.get(header.indexOf(name));
    }
}
