package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import dev.hone.data.Batch;
import dev.hone.data.table.Cells;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How rows of cells become the arrays that a model takes, from its card. */
public record RowInput(TableSchema schema) {
    /**
     * A batch of rows that are no part of a table.
     *
     * @param rows texts by the names of columns, as a CSV file has them; others than the model's are not looked at
     * @throws HoneException if a row lacks a column, or a number's cell holds something else
     */
    public Batch batch(List<? extends Map<String, String>> rows) {
        List<Column> numbers = schema.numbers();
        List<Column> categories = schema.categories();
        ByteBuffer numberCells = direct(rows.size() * numbers.size() * Float.BYTES);
        ByteBuffer categoryCells = direct(rows.size() * categories.size() * Long.BYTES);
        for (Map<String, String> row : rows) {
            numbers.forEach(column -> numberCells.putFloat(number(column, cell(column, row))));
            categories.forEach(column -> categoryCells.putLong(column.levels().indexOf(cell(column, row)) + 1L));
        }
        Map<String, Batch.Array> arrays = new LinkedHashMap<>();
        if (!numbers.isEmpty()) {
            arrays.put(
                    TableBatches.NUMBERS,
                    new Batch.Array(ElementType.FLOAT, numberCells.flip(), rows.size(), numbers.size()));
        }
        if (!categories.isEmpty()) {
            arrays.put(
                    TableBatches.CATEGORIES,
                    new Batch.Array(ElementType.INT64, categoryCells.flip(), rows.size(), categories.size()));
        }
        int[] indices = new int[rows.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i;
        }
        return new Batch(indices, arrays, () -> {});
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String cell(Column column, Map<String, String> row) {
        String cell = row.get(column.name());
        if (cell == null) {
            throw new HoneException("the row has no column '" + column.name() + "', which the model takes"
                    + NearestName.hint(column.name(), row.keySet()));
        }
        return cell.strip();
    }

    private static float number(Column column, String cell) {
        if (Cells.isNumber(cell)) {
            return Float.parseFloat(cell);
        }
        if (Cells.isMissing(cell)) {
            return Float.NaN;
        }
        throw new HoneException("column '" + column.name() + "': '" + cell
                + "' is not a number; the model was trained with " + "numbers in this column");
    }
}
