package dev.hone.data.table;

import java.nio.file.Path;
import java.util.Set;

/**
 * How a table is read.
 *
 * @param target the column to be predicted; null if rows are only to be predicted
 * @param categorical columns whose numbers are codes: they are read as categories
 * @param ignored columns that are left out
 * @param group a column whose equal cells keep rows in one split; null for none
 * @param expected what a model takes, so that the columns are read as it was trained; null to find it from the cells
 * @param labelled whether rows without a target are left out, and a table without the target's column is refused
 * @param scratch the folder where the rows of a large table are kept while it is used; null for the system's
 */
public record TableOptions(
        String target,
        Set<String> categorical,
        Set<String> ignored,
        String group,
        TableSchema expected,
        boolean labelled,
        Path scratch) {
    public TableOptions {
        categorical = Set.copyOf(categorical);
        ignored = Set.copyOf(ignored);
    }

    /** Kinds by the cells, no group. */
    public static TableOptions of(String target) {
        return new TableOptions(target, Set.of(), Set.of(), null, null, true, null);
    }

    /** As a model takes it. Rows may lack the target, or the table its column. */
    public static TableOptions expecting(TableSchema schema) {
        return new TableOptions(schema.target(), Set.of(), Set.of(), null, schema, false, null);
    }

    /** Only rows whose target is known. */
    public TableOptions withLabelledRows() {
        return new TableOptions(target, categorical, ignored, group, expected, true, scratch);
    }

    public TableOptions withCategorical(Set<String> columns) {
        return new TableOptions(target, columns, ignored, group, expected, labelled, scratch);
    }

    public TableOptions withIgnored(Set<String> columns) {
        return new TableOptions(target, categorical, columns, group, expected, labelled, scratch);
    }

    public TableOptions withGroup(String column) {
        return new TableOptions(target, categorical, ignored, column, expected, labelled, scratch);
    }

    public TableOptions withScratch(Path folder) {
        return new TableOptions(target, categorical, ignored, group, expected, labelled, folder);
    }
}
