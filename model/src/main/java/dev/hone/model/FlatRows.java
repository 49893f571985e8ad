package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.table.Cells;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A model of rows with one input of floats instead of its own, so that attributions can go through all of a row: {@code row},
 * [N,2F+L], first the numbers, missing ones replaced by what the model replaces them by, then 1 for each number that is
 * missing and 0 for the others, then the one-hot encoded levels of all categories.
 */
public final class FlatRows {
    /** The name of the input. */
    public static final String ROW = "row";

    private final Model model;
    private final TableSchema schema;
    private final float[] fill;
    private final List<String> elements;

    private FlatRows(Model model, TableSchema schema, float[] fill, List<String> elements) {
        this.model = model;
        this.schema = schema;
        this.fill = fill;
        this.elements = elements;
    }

    /**
     * @param model made by Hone, as it is in its file; stays as it is
     * @throws HoneException if it does not begin as Hone's models of rows do
     */
    public static FlatRows of(Model model, TableSchema schema) {
        Model copy = model.copy();
        Graph graph = copy.graph();
        Ops o = new Ops(graph);
        int numbers = schema.numbers().size();
        List<String> elements = new ArrayList<>();
        schema.numbers().forEach(column -> elements.add(column.name()));
        schema.numbers().forEach(column -> elements.add(column.name()));
        for (Column column : schema.categories()) {
            elements.addAll(Collections.nCopies(column.levels().size(), column.name()));
        }
        Value row = graph.addInput(ROW, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(elements.size())));
        float[] fill = new float[numbers];
        for (Value input : List.copyOf(graph.inputs())) {
            if (input.name().equals(TableBatches.NUMBERS)) {
                fill = replaceNumbers(o, input, row, numbers);
                graph.removeInput(input);
            } else if (input.name().equals(TableBatches.CATEGORIES)) {
                replaceCategories(input, o.slice(row, 1, 2L * numbers, elements.size(), 1));
                graph.removeInput(input);
            }
        }
        graph.sort();
        ShapeInference.clear(graph);
        ShapeInference.run(copy);
        return new FlatRows(copy, schema, fill, List.copyOf(elements));
    }

    /** What the model puts in the place of missing numbers. */
    private static float[] replaceNumbers(Ops o, Value raw, Value row, int numbers) {
        Node isMissing = reader(raw, "IsNaN");
        Node filled = reader(isMissing.output(), "Where");
        Tensor means = filled.input(1).constant();
        if (means == null || means.count() != numbers) {
            throw unlike(raw);
        }
        filled.output().replaceBy(o.slice(row, 1, 0, numbers, 1));
        o.graph().remove(filled);
        if (!isMissing.output().isUnused()) {
            Node flags = reader(isMissing.output(), "Cast");
            flags.output().replaceBy(o.slice(row, 1, numbers, 2L * numbers, 1));
            o.graph().remove(flags);
        }
        o.graph().remove(isMissing);
        return means.floats();
    }

    private static void replaceCategories(Value indices, Value oneHot) {
        Node repeated = reader(indices, "Gather");
        Node own = reader(repeated.output(), "Equal");
        Node cast = reader(own.output(), "Cast");
        cast.output().replaceBy(oneHot);
        for (Node node : List.of(cast, own, repeated)) {
            node.graph().remove(node);
        }
    }

    private static Node reader(Value value, String operator) {
        for (Use use : value.uses()) {
            if (use.node() != null && use.node().is(operator)) {
                return use.node();
            }
        }
        throw unlike(value);
    }

    private static HoneException unlike(Value value) {
        return new HoneException("the model does not read its input as a model of rows that Hone trained does, at " + value
                + "; explain the model that it was made from");
    }

    /** With the input {@link #ROW}. */
    public Model model() {
        return model;
    }

    /** The column that each element of a row belongs to. */
    public List<String> elements() {
        return elements;
    }

    /**
     * A row as the model takes it.
     *
     * @param cells texts by the names of columns
     * @throws HoneException if a column is missing, or a number's cell holds something else
     */
    public float[] encode(Map<String, String> cells) {
        float[] row = new float[elements.size()];
        List<Column> numbers = schema.numbers();
        for (int c = 0; c < numbers.size(); c++) {
            String cell = RowInput.cell(numbers.get(c), cells);
            boolean missing = Cells.isMissing(cell);
            row[c] = missing ? fill[c] : RowInput.number(numbers.get(c), cell);
            row[numbers.size() + c] = missing ? 1 : 0;
        }
        int at = 2 * numbers.size();
        for (Column column : schema.categories()) {
            int level = column.levels().indexOf(RowInput.cell(column, cells));
            if (level >= 0) {
                row[at + level] = 1;
            }
            at += column.levels().size();
        }
        return row;
    }
}
