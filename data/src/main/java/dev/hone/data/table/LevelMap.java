package dev.hone.data.table;

import java.util.ArrayList;
import java.util.List;

/**
 * The levels of a table that some of its rows have, and how the indices of all its levels become indices of those.
 *
 * @param schema with those levels; null if it stays as it is
 * @param indices by column and index of the level in the table
 */
record LevelMap(TableSchema schema, int[][] indices) {
    /** Every level keeps its index. */
    static final LevelMap SAME = new LevelMap(null, null);

    static LevelMap of(TableData data, int[] rows) {
        List<Column> categories = data.schema().categories();
        int[][] indices = new int[categories.size()][];
        List<Column> kept = new ArrayList<>();
        for (int c = 0; c < indices.length; c++) {
            Column column = categories.get(c);
            boolean[] seen = new boolean[column.levels().size() + 1];
            for (int row : rows) {
                seen[data.category(row, c)] = true;
            }
            indices[c] = new int[seen.length];
            List<String> levels = new ArrayList<>();
            for (int level = 1; level < seen.length; level++) {
                if (seen[level]) {
                    levels.add(column.levels().get(level - 1));
                    indices[c][level] = levels.size();
                }
            }
            kept.add(Column.category(column.name(), levels));
        }
        int next = 0;
        List<Column> columns = new ArrayList<>();
        for (Column column : data.schema().columns()) {
            columns.add(column.isNumber() ? column : kept.get(next++));
        }
        return new LevelMap(new TableSchema(columns, data.schema().target(), data.classes()), indices);
    }

    int index(int column, int level) {
        return indices == null ? level : indices[column][level];
    }

    /** About the rows of a table whose levels are not among these. */
    List<String> notices(TableData all) {
        List<Column> categories = all.schema().categories();
        UnknownLevels unknown = new UnknownLevels(categories);
        for (int c = 0; c < indices.length; c++) {
            long[] counts = new long[indices[c].length];
            for (int row = 0; row < all.size(); row++) {
                counts[all.category(row, c)]++;
            }
            for (int level = 1; level < counts.length; level++) {
                if (indices[c][level] == 0) {
                    unknown.count(c, categories.get(c).levels().get(level - 1), counts[level]);
                }
            }
        }
        return unknown.notices(all.source());
    }
}
