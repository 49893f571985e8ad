package dev.hone.cli.table;

import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import java.util.Map;

/** Told what comes out while the rows of a file are explained. */
public interface RowListener {
    /**
     * A row that is done.
     *
     * @param document what a program would read; may be added to
     * @param groups what the attributions are of, by the names of columns or steps
     */
    void row(Map<String, Object> document, Explanation explanation, Groups groups);

    /** What a program would read about all rows, after the last of them. */
    default void summary(Map<String, Object> document) {}
}
