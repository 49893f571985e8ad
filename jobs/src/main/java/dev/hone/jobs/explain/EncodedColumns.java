package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.data.table.Cells;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the columns of a table become the numbers that a model takes: a numeric column becomes one of them, a categorical
 * column as many as it has categories, one-hot encoded in the sorted order of the categories.
 */
record EncodedColumns(List<Column> columns) implements TableEncoding {
    /** Among words without a number: any other. */
    private static final String ANY = "*";

    /**
     * @param name as in the table's header
     * @param categories in the order of the model's inputs; empty for numbers
     * @param without words that have no number of their own and make all of the column's 0; {@link #ANY} is any other word
     */
    record Column(String name, List<String> categories, List<String> without) {
        boolean isKnown(String word) {
            return categories.contains(word) || without.contains(word) || without.contains(ANY);
        }

        boolean isNumber() {
            return categories.isEmpty();
        }

        int width() {
            return isNumber() ? 1 : categories.size();
        }
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
            int equals = column.indexOf('=');
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

    @Override
    public List<String> elements() {
        return columns.stream()
                .flatMap(c -> Collections.nCopies(c.width(), c.name()).stream())
                .toList();
    }

    @Override
    public boolean isNumber(String column) {
        return columns.stream().anyMatch(c -> c.name().equals(column) && c.isNumber());
    }

    @Override
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** {@code age, purpose (3 categories)} */
    @Override
    public String describe() {
        return String.join(
                ", ",
                columns.stream()
                        .map(c -> c.isNumber() ? c.name() : c.name() + " (" + c.width() + " categories)")
                        .toList());
    }

    /** A row as the model takes it. */
    @Override
    public float[] encode(CsvTable table, int row) {
        float[] values = new float[width()];
        int at = 0;
        for (Column column : columns) {
            String cell = table.cell(row, table.column(column.name()));
            if (column.isNumber()) {
                if (!Cells.isNumber(cell)) {
                    throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell
                            + "' is not a number; fill it in, or name the column's categories: "
                            + column.name() + "=a|b");
                }
                values[at] = Float.parseFloat(cell);
            } else {
                if (!column.isKnown(cell)) {
                    throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell
                            + "' is none of the categories " + column.categories()
                            + "; if it is encoded as zeros, name it behind a semicolon: columns '"
                            + column.name() + "=" + String.join("|", column.categories()) + ";" + cell + "'");
                }
                int category = column.categories().indexOf(cell);
                if (category >= 0) {
                    values[at + category] = 1;
                }
            }
            at += column.width();
        }
        return values;
    }
}
