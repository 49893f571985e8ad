package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
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
import java.util.List;

/**
 * A model of rows with one input of floats instead of its own, so that attributions can go through all of a row: {@code row},
 * [N,2F+L], for each number its value, missing ones replaced by {@link #fill}, and 1 if it is missing or 0; then the one-hot
 * encoded levels of all categories.
 *
 * @param model with the input {@link #ROW}
 * @param fill what the model puts in the place of missing numbers, by column
 */
public record FlatRows(Model model, float[] fill) {
    /** A model that was changed, so that its first operators are not those of Hone's models of rows. */
    public static final class UnknownStart extends HoneException {
        private UnknownStart(Value value) {
            super("the model does not read its input as a model of rows that Hone trained does, at " + value
                    + "; explain the model that it was made from, or by outputs only");
        }
    }

    /** The name of the input. */
    public static final String ROW = "row";

    /**
     * @param model made by Hone, as it is in its file; stays as it is
     * @throws UnknownStart if it does not begin as Hone's models of rows do
     */
    public static FlatRows of(Model model, TableSchema schema) {
        Model copy = model.copy();
        Graph graph = copy.graph();
        Ops o = new Ops(graph);
        int numbers = schema.numbers().size();
        int width = 2 * numbers + schema.levels();
        Value row = graph.addInput(ROW, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(width)));
        float[] fill = new float[numbers];
        for (Value input : List.copyOf(graph.inputs())) {
            if (input.name().equals(TableBatches.NUMBERS)) {
                fill = replaceNumbers(o, input, row, numbers);
                graph.removeInput(input);
            } else if (input.name().equals(TableBatches.CATEGORIES)) {
                replaceCategories(input, o.slice(row, 1, 2L * numbers, width, 1));
                graph.removeInput(input);
            }
        }
        graph.sort();
        ShapeInference.clear(graph);
        ShapeInference.run(copy);
        return new FlatRows(copy, fill);
    }

    /** What the model puts in the place of missing numbers. */
    private static float[] replaceNumbers(Ops o, Value raw, Value row, int numbers) {
        Node isMissing = reader(raw, "IsNaN");
        Node filled = reader(isMissing.output(), "Where");
        Tensor means = filled.input(1).constant();
        if (means == null || means.count() != numbers) {
            throw new UnknownStart(raw);
        }
        filled.output().replaceBy(o.slice(row, 1, 0, 2L * numbers, 2));
        o.graph().remove(filled);
        if (!isMissing.output().isUnused()) {
            Node flags = reader(isMissing.output(), "Cast");
            flags.output().replaceBy(o.slice(row, 1, 1, 2L * numbers, 2));
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
        throw new UnknownStart(value);
    }
}
