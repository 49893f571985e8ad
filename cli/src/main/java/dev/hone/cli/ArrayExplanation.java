package dev.hone.cli;

import dev.hone.cli.table.RowListener;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.text.Csv;
import dev.hone.core.text.NpzWriter;
import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.Json;
import dev.hone.report.FeaturePlots;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Explains rows of a NumPy array [N,steps,...], such as sequences of embeddings, step by step: a step's attribution is the
 * sum over its elements, with the error of that sum. Rows of [N,F] have a feature for each step.
 */
final class ArrayExplanation {
    private static final int PLOTS = 12;
    private static final double CONFIDENCE = 0.95;
    private static final String PADDING = "(no token)";

    private final Path file;
    private final Method method;
    private final MethodOptions options;
    private final Path tokenFile;
    private final boolean values;
    private final int top;

    /**
     * @param tokenFile names of the steps as {@link Tokens} reads them, or null
     * @param values whether {@code attributions.npz} is written
     * @param top how many steps a picture shows, 0 for as many as are legible
     */
    ArrayExplanation(Path file, Method method, MethodOptions options, Path tokenFile, boolean values, int top) {
        this.file = file;
        this.method = method;
        this.options = options;
        this.tokenFile = tokenFile;
        this.values = values;
        this.top = top;
    }

    /** One explained row. */
    private record Row(int index, List<String> tokens, Explanation explanation, double[] bySteps, double[] errorBars) {}

    /**
     * Writes {@code attributions.csv}, a line for each step of each row; {@code bars.svg}, which steps, or tokens, matter
     * over all rows, or a {@code bars-CLASS.svg} for each class where rows are explained for different ones; a {@code steps-ROW.svg} for each of the first rows; and with values {@code attributions.npz}: {@code
     * attribution} and {@code standard_error} in the shape of the rows [N,...], of methods that know steps only [N,steps],
     * and {@code target}, {@code score} and {@code expected} [N].
     *
     * @param compared where the array of baselines is, or null for one of zeros
     * @param count how many rows to compare with, drawn from the baselines
     * @param target index of the class, -1 for the one of the highest score in each row
     * @param each told every row as it is done
     * @return the files, but for those of single rows
     */
    List<Path> run(Path inputs, Path compared, int count, int target, Path folder, RowListener each)
            throws IOException {
        Model model = OnnxReader.read(file);
        Value input = model.graph().inputs().get(0);
        try (NativeTensor rows = ArrayRows.all(inputs, input);
                NativeTensor baselines = compared == null ? zero(rows) : ArrayRows.drawn(compared, input, count);
                Attributor attributor = method.open(model, baselines, options)) {
            long[] dims = rows.dims();
            int number = Math.toIntExact(dims[0]);
            int steps = Math.toIntExact(dims[1]);
            Tokens tokens = tokenFile == null ? null : new Tokens(tokenFile, number, steps);
            float[] all = rows.floats();
            int length = all.length / number;
            String step = dims.length > 2 ? "step " : "feature ";
            List<Row> explained = new ArrayList<>();
            List<Explanation> byElement = new ArrayList<>();
            for (int row = 0; row < number; row++) {
                float[] one = Arrays.copyOfRange(all, row * length, (row + 1) * length);
                int of = target < 0 ? attributor.verdict(one) : target;
                List<String> words = names(tokens, row, steps);
                Groups groups = steps(labels(words, steps, step), length / steps);
                Row done = row(row, words, attributor.explain(one, of, groups));
                explained.add(done);
                if (values) {
                    byElement.add(
                            length == steps || playsCoalitions() ? done.explanation() : attributor.explain(one, of));
                }
                each.row(json(done), done.explanation(), groups);
            }
            return write(folder, explained, byElement, step);
        }
    }

    /** Whether elements would be too many for it. */
    private boolean playsCoalitions() {
        return method == Method.KERNEL_SHAP || method == Method.EXACT_SHAPLEY;
    }

    /** The elements of a step belong together. */
    private static Groups steps(List<String> labels, int each) {
        return Groups.named(IntStream.range(0, labels.size() * each)
                .mapToObj(i -> labels.get(i / each))
                .toList());
    }

    private static NativeTensor zero(NativeTensor rows) {
        long[] dims = rows.dims();
        dims[0] = 1;
        return NativeTensor.allocate(rows.type(), dims);
    }

    /** Null where there are no tokens. */
    private static List<String> names(Tokens tokens, int row, int steps) {
        return tokens == null
                ? null
                : IntStream.range(0, steps)
                        .mapToObj(step -> tokens.of(row, step))
                        .toList();
    }

    private static Row row(int index, List<String> tokens, Explanation e) {
        double[] bySteps = new double[e.attribution().length];
        double[] errorBars = new double[bySteps.length];
        for (int step = 0; step < bySteps.length; step++) {
            bySteps[step] = e.attribution()[step];
            errorBars[step] = e.errorBar(step, CONFIDENCE);
        }
        return new Row(index, tokens, e, bySteps, errorBars);
    }

    private Map<String, Object> json(Row row) {
        Explanation e = row.explanation();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("row", row.index());
        document.put("explained", e.target());
        if (options.contrast() >= 0) {
            document.put("contrast", options.contrast());
        }
        document.put("method", method.label());
        document.put("score", e.score());
        document.put("expected", Float.isNaN(e.expected()) ? null : e.expected());
        document.put("samples", e.samples());
        document.put("relativeError", Json.round(e.relativeError(), 6));
        document.put("additivityError", Json.round(e.additivityError(), 6));
        if (!e.note().isEmpty()) {
            document.put("zero", e.note());
        }
        if (row.tokens() != null) {
            document.put("tokens", row.tokens());
        }
        document.put("attributions", row.bySteps());
        document.put(
                "errorBars95",
                Arrays.stream(row.errorBars())
                        .mapToObj(v -> Double.isFinite(v) ? v : null)
                        .toList());
        return document;
    }

    // ---- files

    private List<Path> write(Path folder, List<Row> explained, List<Explanation> byElement, String step)
            throws IOException {
        Path table = folder.resolve("attributions.csv");
        text(table, csv(explained));
        List<Path> written = new ArrayList<>(List.of(table));
        // Scores of different classes are different things.
        Map<Integer, List<Row>> byClass = explained.stream()
                .collect(Collectors.groupingBy(row -> row.explanation().target(), TreeMap::new, Collectors.toList()));
        for (Map.Entry<Integer, List<Row>> members : byClass.entrySet()) {
            Path bars = folder.resolve("bars" + (byClass.size() > 1 ? "-" + members.getKey() : "") + ".svg");
            text(bars, bars(members.getKey(), members.getValue(), step));
            written.add(bars);
        }
        for (Row row : explained.subList(0, Math.min(PLOTS, explained.size()))) {
            String title = "row " + row.index() + ", score of "
                    + options.explained(row.explanation().target());
            String svg = FeaturePlots.steps(title, labels(row, step), row.bySteps(), row.errorBars(), top);
            text(folder.resolve("steps-" + row.index() + ".svg"), svg);
        }
        if (values) {
            Path arrays = folder.resolve("attributions.npz");
            writeValues(arrays, byElement);
            written.add(arrays);
        }
        return written;
    }

    /** What matters over the rows that were explained for a class. */
    private String bars(int target, List<Row> members, String step) {
        Map<String, List<Double>> absolute = new LinkedHashMap<>();
        for (Row row : members) {
            List<String> labels = row.tokens() == null
                    ? labels(row, step)
                    : row.tokens().stream().map(t -> t.isEmpty() ? PADDING : t).toList();
            for (int i = 0; i < labels.size(); i++) {
                absolute.computeIfAbsent(labels.get(i), k -> new ArrayList<>()).add(Math.abs(row.bySteps()[i]));
            }
        }
        double[] importance = absolute.values().stream()
                .mapToDouble(list -> list.stream().mapToDouble(v -> v).average().orElseThrow())
                .toArray();
        String title = "mean absolute attribution for " + options.explained(target) + ", " + members.size()
                + (members.size() == 1 ? " row" : " rows");
        return FeaturePlots.bars(title, List.copyOf(absolute.keySet()), importance, top);
    }

    private static List<String> labels(Row row, String step) {
        return labels(row.tokens(), row.bySteps().length, step);
    }

    /** {@code 3 pump}, or without tokens {@code step 3}. */
    private static List<String> labels(List<String> tokens, int steps, String step) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            String token = tokens == null ? null : tokens.get(i);
            labels.add(token == null ? step + i : i + " " + (token.isEmpty() ? PADDING : token));
        }
        return labels;
    }

    private static String csv(List<Row> explained) {
        StringBuilder csv = new StringBuilder("row,explained,score,expected,step,token,attribution,standard error\n");
        for (Row row : explained) {
            Explanation e = row.explanation();
            String head = row.index() + "," + e.target() + "," + e.score() + "," + Csv.cell(e.expected()) + ",";
            for (int step = 0; step < row.bySteps().length; step++) {
                String token = row.tokens() == null ? "" : Csv.cell(row.tokens().get(step));
                csv.append(head).append(step).append(',').append(token).append(',');
                csv.append(e.attribution()[step]).append(',');
                csv.append(Csv.cell(e.standardError()[step])).append('\n');
            }
        }
        return csv.toString();
    }

    private static void writeValues(Path arrays, List<Explanation> byElement) throws IOException {
        int number = byElement.size();
        int length = byElement.get(0).attribution().length;
        float[] attribution = new float[number * length];
        float[] standardError = new float[number * length];
        float[] targets = new float[number];
        float[] scores = new float[number];
        float[] expected = new float[number];
        for (int row = 0; row < number; row++) {
            Explanation e = byElement.get(row);
            System.arraycopy(e.attribution(), 0, attribution, row * length, length);
            System.arraycopy(e.standardError(), 0, standardError, row * length, length);
            targets[row] = e.target();
            scores[row] = e.score();
            expected[row] = e.expected();
        }
        long[] shape = byElement.get(0).shape();
        long[] dims = new long[shape.length + 1];
        dims[0] = number;
        System.arraycopy(shape, 0, dims, 1, shape.length);
        new NpzWriter()
                .add("attribution", attribution, dims)
                .add("standard_error", standardError, dims)
                .add("target", targets, number)
                .add("score", scores, number)
                .add("expected", expected, number)
                .write(arrays);
    }

    private static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
