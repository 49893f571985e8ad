package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.text.Names;
import dev.hone.core.text.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Decides by the cells of a table which of its columns are numbers, which are categories, and which are of no use. */
final class ColumnKinds {
    /** The most different whole numbers that a target may have as classes. */
    private static final int MAX_NUMBER_CLASSES = 20;

    /** Few enough different texts for a code that is written in digits and letters. */
    private static final int CODE_LEVELS = 50;

    private static final String NAMES = ", as names and identifiers have";

    private final Path csv;
    private final TableScan scan;
    private final TableOptions options;
    private final List<String> notices;

    ColumnKinds(Path csv, TableScan scan, TableOptions options, List<String> notices) {
        this.csv = csv;
        this.scan = scan;
        this.options = options;
        this.notices = notices;
    }

    /** @param roles columns that are no input: the target, the split, the group */
    TableSchema schema(Set<String> roles) {
        requireKnown(options.categorical());
        requireKnown(options.ignored());
        if (options.target() != null && options.ignored().contains(options.target())) {
            throw new HoneException(csv + ": column '" + options.target() + "' is the target and cannot be left out");
        }
        List<Column> columns = new ArrayList<>();
        for (ColumnProfile profile : scan.profiles()) {
            if (!roles.contains(profile.name) && !options.ignored().contains(profile.name)) {
                Column column = column(profile);
                if (column != null) {
                    columns.add(column);
                }
            }
        }
        if (columns.isEmpty()) {
            throw new HoneException(csv + ": no column is left to predict '" + options.target() + "' from"
                    + (notices.isEmpty() ? "" : " (" + String.join("; ", notices) + ")"));
        }
        return new TableSchema(columns, options.target(), options.target() == null ? List.of() : classes());
    }

    private void requireKnown(Set<String> names) {
        for (String name : names) {
            if (!scan.header().contains(name)) {
                throw new HoneException(csv + ": no column '" + name + "'" + NearestName.hint(name, scan.header()));
            }
        }
    }

    private Column column(ColumnProfile p) {
        boolean chosen = options.categorical().contains(p.name);
        if (p.name.isEmpty()) {
            return leftOut("column " + (scan.profiles().indexOf(p) + 1) + " has no name");
        }
        if (p.missing == p.rows) {
            return leftOut("column '" + p.name + "' has no values, every cell is missing");
        }
        if (p.isConstant()) {
            return leftOut("column '" + p.name + "' is constant, '"
                    + Names.shown(p.levels().get(0)) + "' in every row");
        }
        if (!chosen && p.isNumbers()) {
            return Column.number(p.name);
        }
        if (!chosen && p.commas > 0 && p.commas == p.texts()) {
            throw commas(csv, p);
        }
        if (!chosen && mostlyNumbers(p)) {
            throw new HoneException(where(csv, p) + " is not a number, as most of the column's cells are (" + p.texts()
                    + " of " + p.rows + " are not); correct it, leave the cell empty, or say that the column is one of "
                    + "categories");
        }
        if (p.hasTooManyLevels()) {
            String found = "column '" + p.name + "' has more than " + ColumnProfile.MAX_LEVELS + " different texts";
            if (chosen) {
                throw new HoneException(csv + ": " + found + ", too many for a category");
            }
            return leftOut(found + NAMES);
        }
        if (!chosen && isNames(p)) {
            return leftOut("column '" + p.name + "' has " + p.levels().size() + " different texts in "
                    + (p.rows - p.missing) + " rows" + NAMES);
        }
        return Column.category(p.name, p.levels());
    }

    /** Of a small table: most rows have a text of their own. */
    private static boolean isNames(ColumnProfile p) {
        int levels = p.levels().size();
        return levels > CODE_LEVELS && levels * 2L > p.rows - p.missing;
    }

    private static boolean mostlyNumbers(ColumnProfile p) {
        return p.numbers > 0
                && p.texts() * 10 <= p.rows - p.missing
                && (p.hasTooManyLevels() || p.levels().size() > CODE_LEVELS);
    }

    static String where(Path csv, ColumnProfile p) {
        return csv + " line " + p.firstTextLine + ", column '" + p.name + "': '" + Names.shown(p.firstText) + "'";
    }

    static HoneException commas(Path csv, ColumnProfile p) {
        return new HoneException(
                csv + " line " + p.firstCommaLine + ", column '" + p.name + "': '" + Names.shown(p.firstComma)
                        + "' has a comma, which may separate decimals or thousands; write numbers such as 1234.5");
    }

    private Column leftOut(String why) {
        notices.add(csv.getFileName() + ": " + why + "; left out");
        return null;
    }

    /** The classes of the target, or nothing if it is a number. */
    private List<String> classes() {
        ColumnProfile p = scan.profile(options.target());
        boolean chosen = options.categorical().contains(p.name);
        if (!chosen && p.isNumbers() && (p.hasTooManyLevels() || !isCode(p))) {
            return List.of();
        }
        if (!chosen && p.commas > 0 && p.commas == p.texts()) {
            throw commas(csv, p);
        }
        if (p.hasTooManyLevels()) {
            throw new HoneException(csv + ": target '" + p.name + "' has more than " + ColumnProfile.MAX_LEVELS
                    + " classes; choose another column");
        }
        List<String> classes =
                p.levels().stream().filter(level -> !isWithoutTarget(level, p)).toList();
        if (classes.isEmpty()) {
            throw new HoneException(csv + ": target '" + p.name + "' is missing in every row");
        }
        if (classes.size() < 2) {
            throw new HoneException(csv + ": target '" + p.name + "' has one class only, '"
                    + Names.shown(classes.get(0))
                    + "'; a classifier needs two or more");
        }
        return classes;
    }

    /** Whether a cell says that the row's target is not known: of texts only an empty one does. */
    private static boolean isWithoutTarget(String cell, ColumnProfile p) {
        return p.texts() == 0 ? Cells.isMissing(cell) : cell.isEmpty();
    }

    private static boolean isCode(ColumnProfile p) {
        List<String> numbers =
                p.levels().stream().filter(level -> !Cells.isMissing(level)).toList();
        return numbers.size() <= MAX_NUMBER_CLASSES
                && numbers.stream().mapToDouble(Double::parseDouble).allMatch(v -> v == Math.rint(v));
    }
}
