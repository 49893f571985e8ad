package dev.hone.data.table;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a model takes of a table and what it predicts: one array {@code numbers}, float32 [N,F], with NaN where a number is
 * missing, and one array {@code categories}, int64 [N,C], of indices of levels (0: a level that is not known). Both have
 * their columns in the order of this schema.
 *
 * @param columns that a model takes
 * @param target the column that is predicted
 * @param classes what the target may be, sorted; empty if it is a number
 */
public record TableSchema(List<Column> columns, String target, List<String> classes) {
    public TableSchema {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
    }

    /** The columns of numbers, in the order of the array {@code numbers}. */
    public List<Column> numbers() {
        return columns.stream().filter(Column::isNumber).toList();
    }

    /** The columns of categories, in the order of the array {@code categories}. */
    public List<Column> categories() {
        return columns.stream().filter(c -> !c.isNumber()).toList();
    }

    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** The names of the columns in the order of the arrays: numbers first. */
    public List<String> arrayOrder() {
        return Stream.concat(numbers().stream(), categories().stream())
                .map(Column::name)
                .toList();
    }

    /** How many levels all categories have together. */
    public int levels() {
        return columns.stream().mapToInt(c -> c.levels().size()).sum();
    }
}
