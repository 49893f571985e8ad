package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.text.Names;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Model;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.model.metric.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What a model of numbers [N,F] takes that Hone did not make, by the columns of a table. */
final class ForeignTable {
    private static final String SPLIT = "split";
    private static final Set<String> TARGETS = Set.of("label", "target", "class", "y");

    private ForeignTable() {}

    /** Whether a model takes one array of numbers for each row. */
    static boolean isTakenBy(Model model) {
        List<Value> inputs = model.graph().inputs();
        return inputs.size() == 1
                && inputs.get(0).shape() != null
                && inputs.get(0).shape().rank() == 2
                && inputs.get(0).type() != null
                && inputs.get(0).type().isFloat();
    }

    /** Makes a model of doubles or half floats take the floats that tables are read to. */
    static void takeFloats(Model model) {
        for (Value input : List.copyOf(model.graph().inputs())) {
            ElementType type = input.type();
            if (type != null && type.isFloat() && type != ElementType.FLOAT && input.constant() == null) {
                input.setType(ElementType.FLOAT);
                Value cast = new Ops(model.graph()).cast(input, type);
                for (Use use : List.copyOf(input.uses())) {
                    if (use.node() != cast.producer()) {
                        use.node().setInput(use.index(), cast);
                    }
                }
            }
        }
    }

    /**
     * The card of a model, had Hone made it. Its columns are those of the table in their order; one column more is that of the
     * classes: the one called label, target, class or y, else the last.
     *
     * @param header of the table
     * @param classes how many the model distinguishes
     * @throws HoneException if the table has another number of columns than the model takes
     */
    static Cards.Card card(Path file, List<String> header, int classes) {
        Model model = ModelFiles.read(file);
        Value input = model.graph().inputs().get(0);
        if (!input.shape().dim(1).isConstant()) {
            throw new HoneException(
                    file + ": input " + input + " leaves the number of columns open; export it with a fixed " + "one");
        }
        int expected = Math.toIntExact(input.shape().dim(1).constant());
        List<String> columns = new ArrayList<>(header);
        columns.remove(SPLIT);
        String target = "label";
        if (columns.size() == expected + 1) {
            target = columns.stream()
                    .filter(name -> TARGETS.contains(name.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElse(columns.get(expected));
            columns.remove(target);
        }
        if (columns.size() != expected) {
            throw new HoneException(file + " takes " + expected + " numbers of a row, the table has " + columns.size()
                    + " columns: " + Names.some(columns)
                    + "; keep the model's columns in their order, and at most one of the classes");
        }
        List<String> named = ZippedScores.labels(model);
        List<String> labels = named != null && named.size() == classes
                ? named
                : IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        TableSchema schema =
                new TableSchema(columns.stream().map(Column::number).toList(), target, labels);
        return new Cards.Card(
                labels,
                new InputSpec.OfRow(schema),
                1,
                null,
                null,
                null,
                Decision.MOST_PROBABLE,
                "",
                Map.of(),
                Map.of(),
                List.of());
    }
}
