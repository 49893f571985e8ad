package dev.hone.jobs.explain;

import java.util.List;

/** How the rows of a table become the floats that a model takes. */
interface TableEncoding {
    /** The columns that the model takes. */
    List<String> names();

    /** The column that each float belongs to. */
    List<String> elements();

    /** Whether a column holds numbers. */
    boolean isNumber(String column);

    /** The floats of a row; fails where a cell does not fit. */
    float[] encode(CsvTable table, int row);

    /** The columns in words. */
    String describe();
}
