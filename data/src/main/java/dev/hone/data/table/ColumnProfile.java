package dev.hone.data.table;

import java.util.List;
import java.util.TreeSet;

/** What the cells of a column are, gathered cell by cell in memory that does not grow with the table. */
final class ColumnProfile {
    /** More different texts than this are no categories. */
    static final int MAX_LEVELS = 1000;

    final String name;
    long rows;
    long missing;
    long numbers;
    long commas;
    String firstComma;
    int firstCommaLine;
    String firstText;
    int firstTextLine;
    private final TreeSet<String> levels = new TreeSet<>();
    private boolean tooMany;

    ColumnProfile(String name) {
        this.name = name;
    }

    void add(String cell, int line) {
        rows++;
        if (Cells.isNumber(cell)) {
            numbers++;
        } else if (Cells.isMissing(cell)) {
            missing++;
        } else {
            if (Cells.hasNumberComma(cell) && commas++ == 0) {
                firstComma = cell;
                firstCommaLine = line;
            }
            if (firstText == null) {
                firstText = cell;
                firstTextLine = line;
            }
        }
        if (!tooMany && levels.add(cell) && levels.size() > MAX_LEVELS) {
            tooMany = true;
            levels.clear();
        }
    }

    /** Cells that are neither numbers nor missing. */
    long texts() {
        return rows - numbers - missing;
    }

    boolean isNumbers() {
        return numbers > 0 && texts() == 0;
    }

    boolean hasTooManyLevels() {
        return tooMany;
    }

    /** The different texts, sorted; by value where all are numbers. */
    List<String> levels() {
        List<String> sorted = List.copyOf(levels);
        return numbers == rows
                ? sorted.stream()
                        .sorted((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)))
                        .toList()
                : sorted;
    }

    /** Whether all cells are the same text. */
    boolean isConstant() {
        return !tooMany && levels.size() == 1;
    }
}
