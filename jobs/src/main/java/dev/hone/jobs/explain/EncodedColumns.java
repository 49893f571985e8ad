package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.data.table.Cells;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the columns of a table become the numbers that a model takes: a numeric column becomes one of them, a categorical
 * column as many as it has categories, one-hot encoded in the sorted order of the categories. Models that Hone made of a
 * table encode by themselves: a categorical column is then the index of its category.
 */
record EncodedColumns(List<Column> columns) {
    /** Among words without a number: any other. */
    private static final String ANY = "*";

    /**
     * @param name as in the table's header
     * @param categories in the order of the model's inputs; empty for numbers
     * @param indexed whether the index of the category stands for it, and not a one-hot encoding
     * @param fill what a missing number is replaced by, 1 standing behind it and 0 behind others; null if none may be missing
     * @param without words that have no number of their own and make all of the column's 0; {@link #ANY} is any other word
     */
    record Column(String name, List<String> categories, List<String> without, boolean indexed, Float fill) {
        Column(String name, List<String> categories, List<String> without) {
            this(name, categories, without, false, null);
        }

        boolean isKnown(String word) {
            return categories.contains(word) || without.contains(word) || without.contains(ANY);
        }

        boolean isNumber() {
            return categories.isEmpty();
        }

        int width() {
            if (fill != null) {
                return 2;
            }
            return isNumber() || indexed ? 1 : categories.size();
        }
    }

    /** Of a model that states its columns. */
    static EncodedColumns of(RowModel model) {
        List<Column> columns = new ArrayList<>();
        for (dev.hone.data.table.Column c : RowModel.ordered(model.schema())) {
            if (model.flat() == null) {
                columns.add(new Column(c.name(), c.isNumber() ? List.of() : c.levels(), List.of(), true, null));
            } else if (c.isNumber()) {
                columns.add(new Column(
                        c.name(), List.of(), List.of(), false, model.flat().fill()[columns.size()]));
            } else {
                columns.add(new Column(c.name(), c.levels(), List.of(ANY)));
            }
        }
        return new EncodedColumns(columns);
    }

    /**
     * From a table: a column in which every cell is a number is one of numbers.
     *
     * @throws HoneException if a column has numbers and gaps, and nothing else: it is not one of words
     */
    static EncodedColumns of(CsvTable table, List<String> names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            int index = table.column(name);
            int numbers = 0;
            int missing = -1;
            int gaps = 0;
            TreeSet<String> words = new TreeSet<>();
            for (int row = 0; row < table.size(); row++) {
                String cell = table.cell(row, index);
                words.add(cell);
                if (Cells.isNumber(cell)) {
                    numbers++;
                } else if (Cells.isMissing(cell)) {
                    missing = gaps++ == 0 ? row : missing;
                }
            }
            if (numbers > 0 && gaps > 0 && numbers + gaps == table.size()) {
                throw new HoneException(table.where(missing) + ", column '" + name + "': '"
                        + table.cell(missing, index)
                        + "' is no number as the column's others are; fill it in, leave the"
                        + " row out, or name the column's categories: " + name + "=a|b");
            }
            columns.add(new Column(name, numbers == table.size() ? List.of() : List.copyOf(words), List.of()));
        }
        return new EncodedColumns(columns);
    }

    /**
     * As a user gives them: {@code age,income,purpose=car|house|other}; without categories a column is as it is found in
     * the table. Behind a semicolon, as in {@code purpose=house|other;car}, are words that have no number of their own; in
     * {@code purpose=house|other;*} all others are.
     *
     * @throws HoneException if a column or one of its words is named twice
     */
    static EncodedColumns parse(List<String> given, CsvTable table) {
        List<Column> columns = new ArrayList<>();
        for (String column : given) {
            int equals = equals(column, table.header());
            Column parsed = equals < 0
                    ? of(table, List.of(column)).columns().get(0)
                    : categories(column.substring(0, equals), column.substring(equals + 1));
            if (columns.stream().anyMatch(c -> c.name().equals(parsed.name()))) {
                throw new OptionException("columns", "'" + parsed.name() + "' is named twice; give each column once");
            }
            columns.add(parsed);
        }
        return new EncodedColumns(columns);
    }

    /** Where the name of a column ends and its categories begin; -1 for a name alone. A column's own name may have the sign. */
    private static int equals(String given, List<String> header) {
        if (header.contains(given)) {
            return -1;
        }
        for (int at = given.lastIndexOf('='); at > 0; at = given.lastIndexOf('=', at - 1)) {
            if (header.contains(given.substring(0, at))) {
                return at;
            }
        }
        return given.indexOf('=');
    }

    private static Column categories(String name, String given) {
        String[] parts = given.split(";", 2);
        List<String> categories = Arrays.asList(parts[0].split("\\|", -1));
        List<String> without = parts.length < 2 ? List.of() : Arrays.asList(parts[1].split("\\|", -1));
        Set<String> words = new HashSet<>(categories);
        words.addAll(without);
        if (words.size() < categories.size() + without.size()) {
            throw new OptionException("columns", "'" + name + "=" + given + "' names a category twice; give each once");
        }
        return new Column(name, categories, without);
    }

    int width() {
        return columns.stream().mapToInt(Column::width).sum();
    }

    List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** {@code age, purpose (3 categories)} */
    String describe() {
        return String.join(
                ", ",
                columns.stream()
                        .map(c -> c.isNumber() ? c.name() : c.name() + " (" + c.width() + " categories)")
                        .toList());
    }

    /** A row as the model takes it. */
    float[] encode(CsvTable table, int row) {
        float[] values = new float[width()];
        int at = 0;
        for (Column column : columns) {
            String cell = table.cell(row, table.column(column.name()));
            if (column.isNumber()) {
                values[at] = number(table, row, column, cell);
                if (column.fill() != null && Cells.isMissing(cell)) {
                    values[at + 1] = 1;
                }
            } else if (column.indexed()) {
                values[at] = column.categories().indexOf(cell) + 1f;
            } else {
                int category = category(table, row, column, cell);
                if (category >= 0) {
                    values[at + category] = 1;
                }
            }
            at += column.width();
        }
        return values;
    }

    private static float number(CsvTable table, int row, Column column, String cell) {
        if (Cells.isNumber(cell)) {
            return Float.parseFloat(cell);
        }
        boolean own = column.indexed() || column.fill() != null;
        if (own && Cells.isMissing(cell)) {
            return column.indexed() ? RowModel.MISSING : column.fill();
        }
        throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell + "' is not a number; "
                + (own
                        ? "the model was trained with numbers in this column"
                        : "fill it in, or name the column's categories: " + column.name() + "=a|b"));
    }

    /** -1 for one that is encoded as zeros. */
    private static int category(CsvTable table, int row, Column column, String cell) {
        if (!column.isKnown(cell)) {
            throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell
                    + "' is none of the categories " + column.categories()
                    + "; if it is encoded as zeros, name it behind a semicolon: columns '"
                    + column.name() + "=" + String.join("|", column.categories()) + ";" + cell + "'");
        }
        return column.categories().indexOf(cell);
    }
}
