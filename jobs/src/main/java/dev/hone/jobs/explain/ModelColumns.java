package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableSchema;
import dev.hone.model.FlatRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of a model that says which it takes. */
record ModelColumns(FlatRows rows, TableSchema schema) implements TableEncoding {
    @Override
    public List<String> names() {
        return schema.names();
    }

    @Override
    public List<String> elements() {
        return rows.elements();
    }

    @Override
    public boolean isNumber(String column) {
        return schema.numbers().contains(Column.number(column));
    }

    @Override
    public float[] encode(CsvTable table, int row) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (String name : table.header()) {
            cells.put(name, table.cell(row, table.column(name)));
        }
        try {
            return rows.encode(cells);
        } catch (HoneException e) {
            throw new HoneException(table.where(row) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String describe() {
        return String.join(", ", names());
    }
}
