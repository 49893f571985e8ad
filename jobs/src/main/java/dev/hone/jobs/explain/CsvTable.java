package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.text.Csv;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A CSV file with a header. */
final class CsvTable {
    private final Path file;
    private final List<String> header;
    private final List<Csv.Row> rows;

    private CsvTable(Path file, List<Csv.Row> all) {
        this.file = file;
        this.header = all.get(0).cells().stream().map(String::strip).toList();
        this.rows = all.subList(1, all.size());
    }

    static CsvTable read(Path file) {
        List<Csv.Row> all = Csv.read(file);
        if (all.size() < 2) {
            throw new HoneException(file + " has no rows, expected a header line and a row or more");
        }
        for (Csv.Row row : all) {
            if (row.cells().size() != all.get(0).cells().size()) {
                throw new HoneException(
                        file + ", line " + row.line() + " has " + row.cells().size() + " cells, the header has "
                                + all.get(0).cells().size()
                                + "; separate cells by commas, and quote those that hold one");
            }
        }
        CsvTable table = new CsvTable(file, all);
        Set<String> names = new HashSet<>();
        for (String name : table.header) {
            if (!names.add(name)) {
                throw new HoneException(file + " has two columns '" + name + "'; rename one of them");
            }
        }
        return table;
    }

    List<String> header() {
        return header;
    }

    int size() {
        return rows.size();
    }

    int column(String name) {
        int index = header.indexOf(name);
        if (index < 0) {
            throw new HoneException(file + " has no column '" + name + "', its columns are " + header);
        }
        return index;
    }

    String cell(int row, int column) {
        return rows.get(row).cells().get(column).strip();
    }

    /** The line that a row stands on, counted from 1. */
    int line(int row) {
        return rows.get(row).line();
    }

    String where(int row) {
        return file + ", line " + line(row);
    }
}
