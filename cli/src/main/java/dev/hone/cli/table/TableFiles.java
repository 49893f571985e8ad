package dev.hone.cli.table;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.text.Csv;
import dev.hone.explain.Explanation;
import dev.hone.explain.MethodOptions;
import dev.hone.report.FeaturePlots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes what was found out about the rows of a table, as CSV and as pictures. */
final class TableFiles {
    private static final int WATERFALLS = 12;

    private final Path folder;
    private final Table rows;
    private final Features features;
    private final MethodOptions options;
    private final int top;

    /**
     * @param options by which the rows were explained
     * @param top how many features a picture shows, 0 for as many as are legible
     */
    TableFiles(Path folder, Table rows, Features features, MethodOptions options, int top) {
        this.folder = folder;
        this.rows = rows;
        this.features = features;
        this.options = options;
        this.top = top;
    }

    /** @return the files, but for those of single rows */
    List<Path> write(List<ExplainedRow> explained) throws IOException {
        Path table = folder.resolve("attributions.csv");
        text(table, attributions(explained));
        Path means = folder.resolve("importance.csv");
        text(means, importanceCsv(explained));
        List<Path> written = new ArrayList<>(List.of(table, means));
        Map<Integer, double[]> importance = importance(explained);
        for (int target : importance.keySet()) {
            List<ExplainedRow> members = of(target, explained);
            double[][] attributions =
                    members.stream().map(ExplainedRow::attributions).toArray(double[][]::new);
            double[][] values = members.stream()
                    .map(row -> features.values(rows, row.index()))
                    .toArray(double[][]::new);
            String over = " for " + options.explained(target) + ", " + members.size()
                    + (members.size() == 1 ? " row" : " rows");
            String name = (importance.size() > 1 ? "-" + target : "") + ".svg";
            Path bars = folder.resolve("bars" + name);
            Path beeswarm = folder.resolve("beeswarm" + name);
            List<String> names = features.names();
            text(bars, FeaturePlots.bars("mean absolute attribution" + over, names, importance.get(target), top));
            text(beeswarm, FeaturePlots.beeswarm("attribution by column" + over, names, attributions, values, top));
            written.addAll(List.of(bars, beeswarm));
        }
        for (ExplainedRow row : explained.subList(0, Math.min(WATERFALLS, explained.size()))) {
            String svg = FeaturePlots.waterfall(
                    "line " + row.line() + ", score of " + options.explained(row.target()),
                    features.labels(rows, row.index()),
                    row.attributions(),
                    row.errorBars(),
                    row.explanation().expected(),
                    row.explanation().score(),
                    top);
            text(folder.resolve("waterfall-" + row.line() + ".svg"), svg);
        }
        return written;
    }

    static List<ExplainedRow> of(int target, List<ExplainedRow> explained) {
        return explained.stream().filter(row -> row.target() == target).toList();
    }

    /** By class that rows were explained for, the mean absolute attribution of each feature over its rows. */
    static Map<Integer, double[]> importance(List<ExplainedRow> explained) {
        Map<Integer, double[]> importance = new TreeMap<>();
        explained.forEach(row -> importance.put(row.target(), new double[row.attributions().length]));
        importance.forEach((target, mean) -> {
            List<ExplainedRow> members = of(target, explained);
            for (ExplainedRow row : members) {
                double[] attributions = row.attributions();
                for (int f = 0; f < mean.length; f++) {
                    mean[f] += Math.abs(attributions[f]) / members.size();
                }
            }
        });
        return importance;
    }

    private String importanceCsv(List<ExplainedRow> explained) {
        StringBuilder csv = new StringBuilder("explained,rows," + head("") + "\n");
        importance(explained).forEach((target, mean) -> {
            csv.append(target).append(',').append(of(target, explained).size());
            Arrays.stream(mean).forEach(v -> csv.append(',').append((float) v));
            csv.append('\n');
        });
        return csv.toString();
    }

    private String attributions(List<ExplainedRow> explained) {
        StringBuilder csv = new StringBuilder(
                "line,explained,score,expected,relative error," + head("") + "," + head(" standard error") + "\n");
        for (ExplainedRow row : explained) {
            Explanation e = row.explanation();
            csv.append(row.line()).append(',').append(row.target()).append(',').append(e.score());
            csv.append(',').append(e.expected()).append(',').append(Csv.cell((float) e.relativeError()));
            for (float value : e.attribution()) {
                csv.append(',').append(value);
            }
            for (float error : e.standardError()) {
                csv.append(',').append(Csv.cell(error));
            }
            csv.append('\n');
        }
        return csv.toString();
    }

    private String head(String suffix) {
        return features.names().stream().map(name -> Csv.cell(name + suffix)).collect(Collectors.joining(","));
    }

    private static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
