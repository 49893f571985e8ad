package dev.hone.cli.table;

import dev.hone.explain.Groups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What of a table gets an attribution each: its columns, a column's categories together. */
final class Features {
    private final Columns columns;
    private final Groups groups;

    Features(Columns columns) {
        this.columns = columns;
        List<String> names = new ArrayList<>();
        columns.columns().forEach(c -> names.addAll(Collections.nCopies(c.width(), c.name())));
        this.groups = Groups.named(names);
    }

    /** Of the model's inputs, by feature. */
    Groups groups() {
        return groups;
    }

    List<String> names() {
        return columns.names();
    }

    /** By feature, the row's number; NaN where it has none that could be low or high. */
    double[] values(Table rows, int row) {
        return columns.columns().stream()
                .mapToDouble(c -> c.isNumber() ? Double.parseDouble(rows.cell(row, rows.column(c.name()))) : Double.NaN)
                .toArray();
    }

    /** By feature, {@code age = 41}. */
    List<String> labels(Table rows, int row) {
        return columns.columns().stream()
                .map(c -> c.name() + " = " + rows.cell(row, rows.column(c.name())))
                .toList();
    }
}
