package dev.hone.jobs.explain;

import dev.hone.core.option.OptionException;
import dev.hone.data.table.Cells;
import dev.hone.explain.Groups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What of a table gets an attribution each: a column, its categories together, or several columns of one group. */
final class TableFeatures {
    private static final String OPTION = "feature-groups";
    private static final String EXAMPLE = "; give a name and columns, such as 'money=income|debt'";

    private final Groups groups;
    private final Map<String, List<EncodedColumns.Column>> members = new LinkedHashMap<>();

    /**
     * @param given groups of columns, such as {@code money=income|debt}; the other columns stay by themselves
     * @throws OptionException if a column is unknown or in two groups, or a group is empty or has the name of another or of a
     *     column
     */
    TableFeatures(EncodedColumns columns, List<String> given) {
        Map<String, String> groupOf = groupOf(columns.names(), given);
        List<String> names = new ArrayList<>();
        for (EncodedColumns.Column column : columns.columns()) {
            String name = groupOf.getOrDefault(column.name(), column.name());
            names.addAll(Collections.nCopies(column.width(), name));
            members.computeIfAbsent(name, k -> new ArrayList<>()).add(column);
        }
        this.groups = Groups.named(names);
    }

    private static Map<String, String> groupOf(List<String> columns, List<String> given) {
        Map<String, String> groupOf = new HashMap<>();
        for (String group : given) {
            String[] parts = group.split("=", 2);
            String name = parts[0].strip();
            if (parts.length < 2 || name.isEmpty() || parts[1].isBlank()) {
                throw new OptionException(OPTION, "'" + group + "' names no group or no columns" + EXAMPLE);
            }
            if (columns.contains(name) || groupOf.containsValue(name)) {
                throw new OptionException(
                        OPTION,
                        "'" + group + "': there is " + (columns.contains(name) ? "a column" : "another group") + " '"
                                + name + "' too; choose another name for the group");
            }
            for (String part : parts[1].split("\\|", -1)) {
                String column = part.strip();
                if (!columns.contains(column)) {
                    throw new OptionException(
                            OPTION, "'" + group + "': there is no column '" + column + "' among " + columns + EXAMPLE);
                }
                String other = groupOf.put(column, name);
                if (other != null) {
                    throw new OptionException(
                            OPTION,
                            "'" + group + "': the column '" + column + "' is "
                                    + (other.equals(name) ? "named twice" : "in the group '" + other + "' too")
                                    + "; leave it in one place");
                }
            }
        }
        return groupOf;
    }

    /** Of the model's inputs, by feature. */
    Groups groups() {
        return groups;
    }

    List<String> names() {
        return List.copyOf(members.keySet());
    }

    /** By feature, the row's number; NaN where it has none that could be low or high, or several. */
    double[] values(CsvTable rows, int row) {
        return members.values().stream()
                .mapToDouble(columns -> columns.size() == 1 && columns.get(0).isNumber()
                        ? number(cell(rows, row, columns.get(0)))
                        : Double.NaN)
                .toArray();
    }

    private static double number(String cell) {
        return Cells.isNumber(cell) ? Double.parseDouble(cell) : Double.NaN;
    }

    /** By feature, {@code age = 41}, or {@code money: income = 2000, debt = 500}. */
    List<String> labels(CsvTable rows, int row) {
        List<String> labels = new ArrayList<>();
        members.forEach((name, columns) -> {
            String values = columns.stream()
                    .map(c -> c.name() + " = " + cell(rows, row, c))
                    .collect(Collectors.joining(", "));
            boolean alone = columns.size() == 1 && columns.get(0).name().equals(name);
            labels.add(alone ? values : name + ": " + values);
        });
        return labels;
    }

    private static String cell(CsvTable rows, int row, EncodedColumns.Column column) {
        return rows.cell(row, rows.column(column.name()));
    }
}
