package dev.hone.cli.table;

import dev.hone.explain.Attributor;
import dev.hone.explain.DrawnRows;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.plot.FeaturePlots;
import dev.hone.graph.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.file.WholeFile;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.data.Csv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Explains the rows of a table: why a model over columns, such as one that scores credits, gave each its score. The
 * attributions of a column's categories are added up, so that there is one number by column.
 */
public final class TableExplanation {
    private static final int WATERFALLS = 12;
    private static final double CONFIDENCE = 0.95;

    private final Path model;
    private final Table baselines;
    private final Columns columns;
    private final Method method;
    private final MethodOptions options;

    /**
     * @param model an ONNX file with one input, floats [N,F]
     * @param baselines a CSV of rows to compare with
     * @param given columns in the order of the model's inputs, as {@link Columns#parse} takes them; empty for all columns
     *     of the table in their order
     */
    public TableExplanation(Path model, Path baselines, List<String> given, Method method, MethodOptions options) {
        this.model = model;
        this.baselines = Table.read(baselines);
        this.columns = given.isEmpty()
                ? Columns.of(this.baselines, this.baselines.header())
                : Columns.parse(given, this.baselines);
        this.method = method;
        this.options = options;
    }

    /** One explained row. */
    private record Row(int line, int index, Explanation explanation, double[] byColumn, double[] errorByColumn) {}

    /**
     * Writes {@code attributions.csv}, {@code importance.csv} (the mean absolute attribution by class), {@code bars.svg} and
     * {@code beeswarm.svg}, and a {@code waterfall-LINE.svg} for each of the first rows. Where rows are explained for
     * different classes, whose scores are different things, there are {@code bars-CLASS.svg} and {@code
     * beeswarm-CLASS.svg} for each of them.
     *
     * @param table a CSV of rows to explain
     * @param count how many rows to compare with, drawn from the baselines
     * @param target index of the class, -1 for the one of the highest score in each row
     * @param each told every row as it is done, then every class, as what a program would read
     * @return the files, but for the waterfalls
     */
    public List<Path> run(Path table, int count, int target, Path folder, Consumer<Map<String, Object>> each)
            throws IOException {
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
        List<Row> explained = new ArrayList<>();
        try (NativeTensor compared = compared(count);
                Attributor attributor = method.open(read, compared, options)) {
            for (int row = 0; row < rows.size(); row++) {
                float[] values = encoded.get(row);
                int of = target < 0 ? attributor.verdict(values) : target;
                Explanation explanation = attributor.explain(values, of, byColumn());
                Row done = summed(rows.line(row), row, explanation);
                explained.add(done);
                each.accept(json(done));
            }
        }
        Map<Integer, double[]> importance = importance(explained);
        importance.forEach((of, mean) -> {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("explained", of);
            document.put("rows", of(of, explained).size());
            document.put("meanAbsoluteAttributions", named(mean));
            each.accept(document);
        });
        return write(folder, rows, explained, importance);
    }

    /** Rows of the baselines at random. */
    private NativeTensor compared(int count) {
        int[] drawn = DrawnRows.of(baselines.size(), count, options.common().seed());
        float[] values = new float[drawn.length * columns.width()];
        for (int i = 0; i < drawn.length; i++) {
            System.arraycopy(columns.encode(baselines, drawn[i]), 0, values, i * columns.width(), columns.width());
        }
        return NativeTensor.ofFloats(values, drawn.length, columns.width());
    }

    /** A column's categories belong together. */
    private Groups byColumn() {
        List<String> names = new ArrayList<>();
        for (int c = 0; c < columns.columns().size(); c++) {
            names.addAll(Collections.nCopies(columns.columns().get(c).width(), Integer.toString(c)));
        }
        return Groups.named(names);
    }

    private static Row summed(int line, int index, Explanation explanation) {
        int count = explanation.attribution().length;
        double[] values = new double[count];
        double[] errors = new double[count];
        for (int c = 0; c < count; c++) {
            values[c] = explanation.attribution()[c];
            errors[c] = explanation.errorBar(c, CONFIDENCE);
        }
        return new Row(line, index, explanation, values, errors);
    }

    private Map<String, Object> json(Row row) {
        Explanation e = row.explanation();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("line", row.line());
        document.put("explained", e.target());
        document.put("score", e.score());
        document.put("expected", e.expected());
        document.put("samples", e.samples());
        document.put("relativeError", e.relativeError());
        document.put("additivityError", e.additivityError());
        if (!e.note().isEmpty()) {
            document.put("zero", e.note());
        }
        document.put("attributions", named(row.byColumn()));
        document.put("errorBars95", named(row.errorByColumn()));
        return document;
    }

    private Map<String, Double> named(double[] values) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (int c = 0; c < values.length; c++) {
            named.put(columns.columns().get(c).name(), Double.isFinite(values[c]) ? values[c] : null);
        }
        return named;
    }

    // ---- files

    private List<Path> write(Path folder, Table rows, List<Row> explained, Map<Integer, double[]> importance)
            throws IOException {
        Path table = folder.resolve("attributions.csv");
        text(table, csv(explained));
        Path means = folder.resolve("importance.csv");
        text(means, importanceCsv(explained, importance));
        List<Path> written = new ArrayList<>(List.of(table, means));
        for (int target : importance.keySet()) {
            List<Row> members = of(target, explained);
            double[][] attributions = members.stream().map(Row::byColumn).toArray(double[][]::new);
            double[][] values =
                    members.stream().map(row -> values(rows, row.index())).toArray(double[][]::new);
            String over = " for class " + target + ", " + members.size() + " rows";
            String name = (importance.size() > 1 ? "-" + target : "") + ".svg";
            Path bars = folder.resolve("bars" + name);
            Path beeswarm = folder.resolve("beeswarm" + name);
            text(bars, FeaturePlots.bars("mean absolute attribution" + over, columns.names(), importance.get(target)));
            text(
                    beeswarm,
                    FeaturePlots.beeswarm("attribution by column" + over, columns.names(), attributions, values));
            written.addAll(List.of(bars, beeswarm));
        }
        for (Row row : explained.subList(0, Math.min(WATERFALLS, explained.size()))) {
            Explanation e = row.explanation();
            String svg = FeaturePlots.waterfall(
                    "line " + row.line() + ", score of class " + e.target(),
                    labels(rows, row.index()),
                    row.byColumn(),
                    row.errorByColumn(),
                    e.expected(),
                    e.score());
            text(folder.resolve("waterfall-" + row.line() + ".svg"), svg);
        }
        return written;
    }

    private static List<Row> of(int target, List<Row> explained) {
        return explained.stream()
                .filter(r -> r.explanation().target() == target)
                .toList();
    }

    /** By class that rows were explained for, the mean absolute attribution of each column over its rows. */
    private static Map<Integer, double[]> importance(List<Row> explained) {
        Map<Integer, double[]> importance = new TreeMap<>();
        explained.forEach(row -> importance.put(row.explanation().target(), new double[row.byColumn().length]));
        importance.forEach((target, mean) -> {
            List<Row> members = of(target, explained);
            for (Row row : members) {
                for (int c = 0; c < mean.length; c++) {
                    mean[c] += Math.abs(row.byColumn()[c]) / members.size();
                }
            }
        });
        return importance;
    }

    private String importanceCsv(List<Row> explained, Map<Integer, double[]> importance) {
        StringBuilder csv = new StringBuilder("explained,rows," + head("") + "\n");
        importance.forEach((target, mean) -> {
            csv.append(target).append(',').append(of(target, explained).size());
            Arrays.stream(mean).forEach(v -> csv.append(',').append((float) v));
            csv.append('\n');
        });
        return csv.toString();
    }

    private String head(String suffix) {
        return columns.names().stream().map(name -> Csv.cell(name + suffix)).collect(Collectors.joining(","));
    }

    private String csv(List<Row> explained) {
        StringBuilder csv = new StringBuilder(
                "line,explained,score,expected,relative error," + head("") + "," + head(" standard error") + "\n");
        for (Row row : explained) {
            Explanation e = row.explanation();
            csv.append(row.line()).append(',').append(e.target()).append(',').append(e.score());
            csv.append(',').append(e.expected()).append(',').append((float) e.relativeError());
            Arrays.stream(row.byColumn()).forEach(v -> csv.append(',').append((float) v));
            for (float error : e.standardError()) {
                csv.append(',').append(Float.isNaN(error) ? "" : error);
            }
            csv.append('\n');
        }
        return csv.toString();
    }

    private double[] values(Table rows, int row) {
        return columns.columns().stream()
                .mapToDouble(c -> c.isNumber() ? Double.parseDouble(rows.cell(row, rows.column(c.name()))) : Double.NaN)
                .toArray();
    }

    private List<String> labels(Table rows, int row) {
        return columns.columns().stream()
                .map(c -> c.name() + " = " + rows.cell(row, rows.column(c.name())))
                .toList();
    }

    private static void text(Path file, String text) throws IOException {
        WholeFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
