package dev.hone.jobs.explain;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.model.FlatRows;
import dev.hone.model.FlatRows.UnknownStart;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model over the columns of a table, as explanations take it: one input [N,F] of floats.
 *
 * @param schema of the columns, of a model that states it; null for others
 * @param flat the model with one-hot encoded categories, through which gradients go; null where it does not begin as Hone's
 *     models of rows do, and for others
 */
record RowModel(Model model, TableSchema schema, FlatRows flat) {
    /** Stands for a missing number, as explanations take finite values only. */
    static final float MISSING = -Float.MAX_VALUE;

    /** @throws HoneException if the file cannot be read */
    static RowModel read(Path file, SessionOptions session) {
        Model model = ModelFiles.explained(file, ModelFiles.read(file), false, null, session);
        if (!ModelCard.takesRows(model.metadata())) {
            return new RowModel(model, null, null);
        }
        InputSpec.OfRow rows =
                (InputSpec.OfRow) ModelCard.read(model.metadata()).input();
        try {
            FlatRows flat = FlatRows.of(model, rows.schema());
            return new RowModel(flat.model(), rows.schema(), flat);
        } catch (UnknownStart e) {
            joinInputs(model.graph(), rows.schema());
            return new RowModel(model, rows.schema(), null);
        }
    }

    /** Whether there are no gradients to go through: all columns go in as indices, or the model is one of trees. */
    boolean hasNoGradients() {
        return schema != null && flat == null || ModelFiles.hasTrees(model);
    }

    /** Columns in the order of the input: numbers, then categories by the index of their level, 0 for an unknown one. */
    static List<Column> ordered(TableSchema schema) {
        return Stream.concat(schema.numbers().stream(), schema.categories().stream())
                .toList();
    }

    /** Puts one input in place of that of numbers and that of categories. */
    private static void joinInputs(Graph graph, TableSchema schema) {
        int numbers = schema.numbers().size();
        int width = schema.columns().size();
        List<Value> inputs = List.copyOf(graph.inputs());
        Value row = graph.addInput(graph.freshName("row"), ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(width)));
        Ops ops = new Ops(graph);
        for (Value input : inputs) {
            boolean isNumbers = input.name().equals(TableBatches.NUMBERS);
            Value part = ops.slice(row, 1, isNumbers ? 0 : numbers, isNumbers ? numbers : width, 1);
            Value value;
            if (isNumbers) {
                Value missing = ops.op("LessOrEqual", part, ops.constant(MISSING));
                value = ops.op("Where", missing, ops.constant(Float.NaN), part);
            } else {
                value = ops.cast(part, input.type());
            }
            input.replaceBy(value);
            graph.removeInput(input);
        }
        graph.sort();
    }

    /** Labels of the classes; empty where the model does not state them. */
    List<String> labels() {
        return schema == null ? List.of() : schema.classes();
    }
}
