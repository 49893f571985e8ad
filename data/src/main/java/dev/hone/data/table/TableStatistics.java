package dev.hone.data.table;

import java.util.Arrays;

/**
 * The numbers of a table's columns over some of its rows, by column of numbers.
 *
 * @param mean of those that are there, 0 where none is
 * @param deviation of those that are there; 1 where they are all equal
 * @param missing how many are not there
 * @param edges ascending quantiles from the smallest to the largest value, without repetitions; a single one, or none,
 *     where all values are equal or missing
 */
public record TableStatistics(double[] mean, double[] deviation, long[] missing, float[][] edges) {
    /** So many rows are enough for quantiles. */
    private static final int SAMPLED = 20_000;

    /** @param bins into how many parts of equally many values the edges cut the rows, at most */
    public static TableStatistics of(TableData data, int[] rows, int bins) {
        int columns = data.schema().numbers().size();
        TableStatistics s =
                new TableStatistics(new double[columns], new double[columns], new long[columns], new float[columns][]);
        for (int c = 0; c < columns; c++) {
            s.moments(data, rows, c);
            s.edges[c] = edges(data, rows, c, bins);
        }
        return s;
    }

    /** By Welford's recurrence, which does not lose the deviation of large numbers that are close together. */
    private void moments(TableData data, int[] rows, int column) {
        long count = 0;
        double m = 0;
        double squares = 0;
        for (int row : rows) {
            float value = data.number(row, column);
            if (!Float.isNaN(value)) {
                count++;
                double difference = value - m;
                m += difference / count;
                squares += difference * (value - m);
            }
        }
        mean[column] = m;
        missing[column] = rows.length - count;
        double found = count == 0 ? 0 : Math.sqrt(squares / count);
        deviation[column] = found > 0 && (float) (1 / found) < Float.MAX_VALUE ? found : 1;
    }

    private static float[] edges(TableData data, int[] rows, int column, int bins) {
        int step = (rows.length + SAMPLED - 1) / SAMPLED;
        float[] values = new float[rows.length / Math.max(1, step) + 1];
        int count = 0;
        for (int i = 0; i < rows.length; i += step) {
            float value = data.number(rows[i], column);
            if (!Float.isNaN(value)) {
                values[count++] = value;
            }
        }
        Arrays.sort(values, 0, count);
        float[] edges = new float[bins + 1];
        int found = 0;
        for (int b = 0; b <= bins && count > 0; b++) {
            float edge = values[(int) Math.round((count - 1) * (double) b / bins)];
            if (found == 0 || edge > edges[found - 1]) {
                edges[found++] = edge;
            }
        }
        return Arrays.copyOf(edges, found);
    }
}
