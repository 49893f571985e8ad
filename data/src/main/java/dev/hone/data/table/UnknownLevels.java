package dev.hone.data.table;

import dev.hone.core.text.Names;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Counts the cells whose texts a model does not know, and words the notices about them. */
final class UnknownLevels {
    private static final int NAMED = 5;

    private final List<Column> columns;
    private final long[] counts;
    private final List<Set<String>> texts = new ArrayList<>();

    UnknownLevels(List<Column> columns) {
        this.columns = columns;
        this.counts = new long[columns.size()];
        columns.forEach(c -> texts.add(new LinkedHashSet<>()));
    }

    /** Takes note of a cell; the index of what is not known, 0. */
    int count(int column, String cell) {
        return count(column, cell, 1);
    }

    int count(int column, String cell, long times) {
        counts[column] += times;
        if (times > 0 && texts.get(column).size() < NAMED) {
            texts.get(column).add(Names.shown(cell));
        }
        return 0;
    }

    List<String> notices(Path csv) {
        List<String> lines = new ArrayList<>();
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                lines.add(csv.getFileName() + ": column '" + columns.get(c).name() + "' has " + counts[c]
                        + (counts[c] == 1 ? " cell" : " cells")
                        + " of categories that training did not see ('" + String.join("', '", texts.get(c))
                        + "'); taken as unknown");
            }
        }
        return lines;
    }
}
