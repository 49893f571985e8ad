package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares the columns of a table with those that a model takes. */
final class ExpectedColumns {
    private ExpectedColumns() {}

    /**
     * Adds a notice for every column that the model does not take.
     *
     * @param roles columns that are no input: the target, the split, the group
     * @throws HoneException if a column is gone, renamed, or of another type
     */
    static void require(Path csv, TableScan scan, TableSchema expected, Set<String> roles, List<String> notices) {
        Set<String> more = new HashSet<>(scan.header());
        more.removeAll(expected.names());
        more.removeAll(roles);
        more.remove("");
        List<String> gone = new ArrayList<>(expected.names());
        gone.removeAll(scan.header());
        if (!gone.isEmpty()) {
            String name = gone.get(0);
            throw new HoneException(csv + ": no column '" + name + "', which the model takes"
                    + NearestName.of(name, more)
                            .map(other -> "; '" + other + "' is new, has it been renamed?")
                            .orElse("; its columns are " + String.join(", ", scan.header()))
                    + (gone.size() == 1 ? "" : " (" + gone.size() + " are missing: " + String.join(", ", gone) + ")"));
        }
        for (Column column : expected.columns()) {
            requireType(csv, scan.profile(column.name()), column);
        }
        for (String name : scan.header()) {
            if (more.contains(name)) {
                notices.add(csv.getFileName() + ": column '" + name + "' is new, the model does not take it; ignored");
            }
        }
    }

    private static void requireType(Path csv, ColumnProfile found, Column column) {
        if (column.isNumber() && found.texts() > 0) {
            if (found.commas > 0 && found.commas == found.texts()) {
                throw ColumnKinds.commas(csv, found);
            }
            throw new HoneException(ColumnKinds.where(csv, found)
                    + " is not a number; the model was trained with numbers in this column");
        }
        if (!column.isNumber()
                && found.numbers > 0
                && found.numbers + found.missing == found.rows
                && found.levels().stream().noneMatch(column.levels()::contains)) {
            throw new HoneException(csv + ": column '" + column.name() + "' holds numbers; the model was trained with "
                    + "the categories " + some(column.levels()) + " in it");
        }
    }

    private static String some(List<String> levels) {
        return String.join(", ", levels.subList(0, Math.min(5, levels.size()))) + (levels.size() > 5 ? ", ..." : "");
    }
}
