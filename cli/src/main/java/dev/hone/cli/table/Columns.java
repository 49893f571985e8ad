package dev.hone.cli.table;

import dev.hone.core.HoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How the columns of a table become the numbers that a model takes: a column of numbers becomes one of them, a column of
 * words as many as it has categories, 1 for the row's own and 0 for the others (one-hot), in the categories' sorted order.
 */
public record Columns(List<Column> columns) {
    /** What stands for a number that is not known, in lower case. */
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none", "?", "-");

    /** Among words without a number: any other. */
    private static final String ANY = "*";

    /** As Java reads numbers, but without its suffixes and hexadecimal ones: "2d" is a word. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /**
     * @param name as in the table's header
     * @param categories in the order of the model's inputs; empty for numbers
     * @param without words that have no number of their own and make all of the column's 0; {@link #ANY} is any other word
     */
    public record Column(String name, List<String> categories, List<String> without) {
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
    static Columns of(Table table, List<String> names) {
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
                if (isNumber(cell)) {
                    numbers++;
                } else if (MISSING.contains(cell.toLowerCase(Locale.ROOT))) {
                    missing = gaps++ == 0 ? row : missing;
                }
            }
            if (numbers > 0 && gaps > 0 && numbers + gaps == table.size()) {
                throw new HoneException(table.where(missing) + ", column '" + name + "': '"
                        + table.cell(missing, index)
                        + "' is no number as the column's others are; fill it in, leave the"
                        + " row out, or give the column's categories with --columns " + name + "=a|b");
            }
            columns.add(new Column(name, numbers == table.size() ? List.of() : List.copyOf(words), List.of()));
        }
        return new Columns(columns);
    }

    /**
     * From the command line: {@code age,income,purpose=car|house|other}; without categories a column is as it is found in
     * the table. Behind a semicolon, as in {@code purpose=house|other;car}, are words that have no number of their own; in
     * {@code purpose=house|other;*} all others are.
     *
     * @throws HoneException if a column or one of its words is named twice
     */
    static Columns parse(List<String> given, Table table) {
        List<Column> columns = new ArrayList<>();
        for (String column : given) {
            int equals = column.indexOf('=');
            Column parsed = equals < 0
                    ? of(table, List.of(column)).columns().get(0)
                    : categories(column.substring(0, equals), column.substring(equals + 1));
            if (columns.stream().anyMatch(c -> c.name().equals(parsed.name()))) {
                throw new HoneException("--columns names '" + parsed.name() + "' twice; give each column once");
            }
            columns.add(parsed);
        }
        return new Columns(columns);
    }

    private static Column categories(String name, String given) {
        String[] parts = given.split(";", 2);
        List<String> categories = Arrays.asList(parts[0].split("\\|", -1));
        List<String> without = parts.length < 2 ? List.of() : Arrays.asList(parts[1].split("\\|", -1));
        Set<String> words = new HashSet<>(categories);
        words.addAll(without);
        if (words.size() < categories.size() + without.size()) {
            throw new HoneException("--columns '" + name + "=" + given + "' names a word twice; give each once");
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
    float[] encode(Table table, int row) {
        float[] values = new float[width()];
        int at = 0;
        for (Column column : columns) {
            String cell = table.cell(row, table.column(column.name()));
            if (column.isNumber()) {
                if (!isNumber(cell)) {
                    throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell
                            + "' is not a number; fill it in, or give the column's categories with --columns "
                            + column.name() + "=a|b");
                }
                values[at] = Float.parseFloat(cell);
            } else {
                if (!column.isKnown(cell)) {
                    throw new HoneException(table.where(row) + ", column '" + column.name() + "': '" + cell
                            + "' is none of the categories " + column.categories()
                            + "; if it makes zeros for the model, name it behind a semicolon: --columns '"
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

    static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).matches() && Float.isFinite(Float.parseFloat(cell));
    }
}
