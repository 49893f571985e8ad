package dev.hone.cli.table;

import dev.hone.core.HoneException;
import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SampledRows;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Explains the rows of a table: why a model over columns, such as one that scores credits, gave each its score. The
 * attributions of a column's categories are added up, so that there is one number by column.
 */
public final class TableExplanation {
    private final Path model;
    private final Table baselines;
    private final Columns columns;
    private final Method method;
    private final MethodOptions options;
    private final Features features;
    private final int top;

    /**
     * @param model an ONNX file with one input, floats [N,F]
     * @param baselines a CSV of rows to compare with
     * @param given columns in the order of the model's inputs, as {@link Columns#parse} takes them; empty for all columns
     *     of the table in their order
     * @param groups of columns, as {@link Features} takes them; the other columns stay by themselves
     * @param top how many features a picture shows, 0 for as many as are legible
     */
    public TableExplanation(
            Path model,
            Path baselines,
            List<String> given,
            List<String> groups,
            Method method,
            MethodOptions options,
            int top) {
        this.model = model;
        this.baselines = Table.read(baselines);
        this.columns = given.isEmpty()
                ? Columns.of(this.baselines, this.baselines.header())
                : Columns.parse(given, this.baselines);
        this.method = method;
        this.options = options;
        this.features = new Features(columns, groups);
        this.top = top;
    }

    /**
     * Writes {@code attributions.csv}, {@code importance.csv} (the mean absolute attribution by class), {@code bars.svg} and
     * {@code beeswarm.svg}, and a {@code waterfall-LINE.svg} for each of the first rows. Where rows are explained for
     * different classes, whose scores are different things, there are {@code bars-CLASS.svg} and {@code
     * beeswarm-CLASS.svg} for each of them.
     *
     * @param table a CSV of rows to explain
     * @param count how many rows to compare with, drawn from the baselines
     * @param target index of the class, -1 for the one of the highest score in each row
     * @param each told every row as it is done, then every class
     * @return the files, but for the waterfalls
     */
    public List<Path> run(Path table, int count, int target, Path folder, RowListener each) throws IOException {
        Table rows = Table.read(table);
        Model read = OnnxReader.read(model);
        Shape shape = read.graph().inputs().get(0).shape();
        if (shape == null
                || shape.rank() != 2
                || shape.dim(1).isConstant() && shape.dim(1).constant() != columns.width()) {
            throw new HoneException(model + " takes " + read.graph().inputs().get(0) + ", the table's columns make "
                    + columns.width() + " numbers: " + columns.describe()
                    + "; name the model's columns in their order with --columns");
        }
        // All of them before the first is explained: a cell that does not fit is not found after an hour.
        List<float[]> encoded = IntStream.range(0, rows.size())
                .mapToObj(row -> columns.encode(rows, row))
                .toList();
        List<ExplainedRow> explained = new ArrayList<>();
        try (NativeTensor compared = compared(count);
                Attributor attributor = method.open(read, compared, options)) {
            for (int row = 0; row < rows.size(); row++) {
                float[] values = encoded.get(row);
                int of = target < 0 ? attributor.verdict(values) : target;
                Explanation explanation = attributor.explain(values, of, features.groups());
                ExplainedRow done = new ExplainedRow(rows.line(row), row, explanation);
                explained.add(done);
                each.row(json(done), explanation, features.groups());
            }
        }
        TableFiles.importance(explained).forEach((of, mean) -> {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("explained", of);
            document.put("rows", TableFiles.of(of, explained).size());
            document.put("meanAbsoluteAttributions", named(mean));
            each.summary(document);
        });
        return new TableFiles(folder, rows, features, options, top).write(explained);
    }

    /** Rows of the baselines at random. */
    private NativeTensor compared(int count) {
        int[] drawn = SampledRows.of(baselines.size(), count, SampledRows.SEED);
        float[] values = new float[drawn.length * columns.width()];
        for (int i = 0; i < drawn.length; i++) {
            System.arraycopy(columns.encode(baselines, drawn[i]), 0, values, i * columns.width(), columns.width());
        }
        return NativeTensor.ofFloats(values, drawn.length, columns.width());
    }

    private Map<String, Object> json(ExplainedRow row) {
        Explanation e = row.explanation();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("line", row.line());
        document.put("explained", e.target());
        if (options.contrast() >= 0) {
            document.put("contrast", options.contrast());
        }
        document.put("method", method.label());
        document.put("score", e.score());
        document.put("expected", e.expected());
        document.put("samples", e.samples());
        document.put("relativeError", finite(e.relativeError()));
        document.put("additivityError", finite(e.additivityError()));
        if (!e.note().isEmpty()) {
            document.put("zero", e.note());
        }
        document.put("attributions", named(row.attributions()));
        document.put("errorBars95", named(row.errorBars()));
        return document;
    }

    /** Null for what is no number, which JSON has no word for. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private Map<String, Double> named(double[] values) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (int f = 0; f < values.length; f++) {
            named.put(features.names().get(f), Double.isFinite(values[f]) ? values[f] : null);
        }
        return named;
    }
}
