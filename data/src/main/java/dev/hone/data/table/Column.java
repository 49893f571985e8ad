package dev.hone.data.table;

import java.util.List;

/**
 * A column that a model takes.
 *
 * @param name as in the header
 * @param kind what its cells are
 * @param levels of a category the texts that it may hold, sorted; the level at position i has the index i + 1, and 0 stands
 *     for any other text. An empty cell is the level "" where training had one. Empty for numbers
 */
public record Column(String name, Kind kind, List<String> levels) {
    /** What the cells of a column are. */
    public enum Kind {
        /** A number; missing where the cell is empty or says NA, NaN, null, none, ? or -. */
        NUMBER,
        /** One of a few texts. */
        CATEGORY
    }

    public Column {
        levels = List.copyOf(levels);
    }

    public static Column number(String name) {
        return new Column(name, Kind.NUMBER, List.of());
    }

    public static Column category(String name, List<String> levels) {
        return new Column(name, Kind.CATEGORY, levels);
    }

    public boolean isNumber() {
        return kind == Kind.NUMBER;
    }
}
