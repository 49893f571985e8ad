package dev.hone.jobs.train;

import dev.hone.core.option.Setting;
import java.util.List;

/** The columns of a table. */
public record ColumnOptions(
        @Setting(help = "Train on a table: the column to predict from the others.", label = "COLUMN", group = "Table")
        String target,

        @Setting(help = "Columns of numeric codes to read as categories.", label = "COLUMNS", group = "Table")
        List<String> categorical,

        @Setting(help = "Columns to leave out.", label = "COLUMNS", group = "Table")
        List<String> ignore) {

    /** No table. */
    public static ColumnOptions none() {
        return new ColumnOptions(null, List.of(), List.of());
    }

    /** All other columns, as they are found. */
    public static ColumnOptions of(String target) {
        return new ColumnOptions(target, List.of(), List.of());
    }
}
