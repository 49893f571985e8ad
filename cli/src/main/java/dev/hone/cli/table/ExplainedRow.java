package dev.hone.cli.table;

import dev.hone.explain.Explanation;
import java.util.stream.IntStream;

/**
 * A row of a table and why it has its score.
 *
 * @param line it stands on, counted from 1
 * @param index among the rows, from 0
 * @param explanation by feature
 */
record ExplainedRow(int line, int index, Explanation explanation) {
    private static final double CONFIDENCE = 0.95;

    int target() {
        return explanation.target();
    }

    double[] attributions() {
        float[] values = explanation.attribution();
        return IntStream.range(0, values.length).mapToDouble(f -> values[f]).toArray();
    }

    /** Half widths of 95 % intervals; NaN where they are not known. */
    double[] errorBars() {
        return IntStream.range(0, explanation.attribution().length)
                .mapToDouble(f -> explanation.errorBar(f, CONFIDENCE))
                .toArray();
    }
}
