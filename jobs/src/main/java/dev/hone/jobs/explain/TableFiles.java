package dev.hone.jobs.explain;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.text.Csv;
import dev.hone.explain.Explanation;
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

/** Writes the explanations of the rows of a table as CSV and as plots. */
final class TableFiles {
    private static final int WATERFALLS = 12;

    private final Path folder;
    private final CsvTable rows;
    private final TableFeatures features;
    private final RowClasses classes;
    private final int top;

    /**
     * @param classes of the model
     * @param top how many features a plot shows, 0 for as many as are legible
     */
    TableFiles(Path folder, CsvTable rows, TableFeatures features, RowClasses classes, int top) {
        this.folder = folder;
        this.rows = rows;
        this.features = features;
        this.classes = classes;
        this.top = top;
    }

    /** @return the files */
    List<Path> write(List<RowExplanation> explained, List<RowResult.Importance> importance) throws IOException {
        Path table = folder.resolve("attributions.csv");
        text(table, attributions(explained));
        Path means = folder.resolve("importance.csv");
        text(means, importanceCsv(importance));
        List<Path> written = new ArrayList<>(List.of(table, means));
        for (RowResult.Importance one : importance) {
            List<RowExplanation> members = of(one.target(), explained);
            double[][] attributions =
                    members.stream().map(RowExplanation::attributions).toArray(double[][]::new);
            double[][] values = members.stream()
                    .map(row -> features.values(rows, row.index()))
                    .toArray(double[][]::new);
            String over = " for " + classes.text(one.target()) + ", " + members.size()
                    + (members.size() == 1 ? " row" : " rows");
            String name = (importance.size() > 1 ? "-" + one.target() : "") + ".svg";
            Path bars = folder.resolve("bars" + name);
            Path beeswarm = folder.resolve("beeswarm" + name);
            List<String> names = features.names();
            text(
                    bars,
                    FeaturePlots.bars("mean absolute attribution" + over, names, one.meanAbsoluteAttributions(), top));
            text(beeswarm, FeaturePlots.beeswarm("attribution by column" + over, names, attributions, values, top));
            written.addAll(List.of(bars, beeswarm));
        }
        for (RowExplanation row : explained.subList(0, Math.min(WATERFALLS, explained.size()))) {
            String svg = FeaturePlots.waterfall(
                    row.place() + ", " + classes.score() + " of " + row.explained(),
                    classes.score(),
                    features.labels(rows, row.index()),
                    row.attributions(),
                    row.errorBars(),
                    row.explanation().expected(),
                    row.explanation().score(),
                    top);
            Path waterfall = folder.resolve("waterfall-" + row.line() + ".svg");
            text(waterfall, svg);
            written.add(waterfall);
        }
        return written;
    }

    private static List<RowExplanation> of(int target, List<RowExplanation> explained) {
        return explained.stream()
                .filter(row -> row.explanation().target() == target)
                .toList();
    }

    /** By class that rows were explained for, the mean absolute attribution of each feature over its rows. */
    List<RowResult.Importance> importance(List<RowExplanation> explained) {
        Map<Integer, double[]> means = new TreeMap<>();
        int count = features.names().size();
        explained.forEach(row -> means.put(row.explanation().target(), new double[count]));
        List<RowResult.Importance> importance = new ArrayList<>();
        means.forEach((target, mean) -> {
            List<RowExplanation> members = of(target, explained);
            for (RowExplanation row : members) {
                double[] attributions = row.attributions();
                for (int f = 0; f < mean.length; f++) {
                    mean[f] += Math.abs(attributions[f]) / members.size();
                }
            }
            importance.add(
                    new RowResult.Importance(target, classes.name(target), members.size(), features.names(), mean));
        });
        return importance;
    }

    private String importanceCsv(List<RowResult.Importance> importance) {
        StringBuilder csv = new StringBuilder("explained,rows," + head("") + "\n");
        for (RowResult.Importance one : importance) {
            csv.append(Csv.cell(String.valueOf(one.explained()))).append(',').append(one.rows());
            Arrays.stream(one.meanAbsoluteAttributions())
                    .forEach(v -> csv.append(',').append((float) v));
            csv.append('\n');
        }
        return csv.toString();
    }

    private String attributions(List<RowExplanation> explained) {
        StringBuilder csv = new StringBuilder(
                "line,explained,score,expected,relative error," + head("") + "," + head(" standard error") + "\n");
        for (RowExplanation row : explained) {
            Explanation e = row.explanation();
            csv.append(row.line())
                    .append(',')
                    .append(Csv.cell(String.valueOf(classes.name(e.target()))))
                    .append(',')
                    .append(e.score());
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
