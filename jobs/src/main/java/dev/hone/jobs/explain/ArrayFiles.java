package dev.hone.jobs.explain;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.text.Csv;
import dev.hone.core.text.NpzWriter;
import dev.hone.explain.Explanation;
import dev.hone.report.FeaturePlots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the explanations of the rows of an array as CSV, plots and .npz. */
final class ArrayFiles {
    private static final int PLOTS = 12;

    private final Path folder;
    private final RowClasses classes;
    private final String step;
    private final int top;

    /**
     * @param classes of the model
     * @param step what stands before the number of a step
     * @param top how many steps a plot shows, 0 for as many as are legible
     */
    ArrayFiles(Path folder, RowClasses classes, String step, int top) {
        this.folder = folder;
        this.classes = classes;
        this.step = step;
        this.top = top;
    }

    /** @return the files; may be added to */
    List<Path> write(List<RowExplanation> explained) throws IOException {
        Path table = folder.resolve("attributions.csv");
        text(table, csv(explained));
        List<Path> written = new ArrayList<>(List.of(table));
        // Scores of different classes are not comparable.
        Map<Integer, List<RowExplanation>> byClass = explained.stream()
                .collect(Collectors.groupingBy(row -> row.explanation().target(), TreeMap::new, Collectors.toList()));
        for (Map.Entry<Integer, List<RowExplanation>> members : byClass.entrySet()) {
            Path bars = folder.resolve("bars" + (byClass.size() > 1 ? "-" + members.getKey() : "") + ".svg");
            text(bars, bars(members.getKey(), members.getValue()));
            written.add(bars);
        }
        for (RowExplanation row : explained.subList(0, Math.min(PLOTS, explained.size()))) {
            String title = row.place() + ", " + classes.score() + " of " + row.explained();
            Path steps = folder.resolve("steps-" + row.index() + ".svg");
            text(steps, FeaturePlots.steps(title, labels(row), row.attributions(), row.errorBars(), top));
            written.add(steps);
        }
        return written;
    }

    /** What matters over the rows that were explained for a class. */
    private String bars(int target, List<RowExplanation> members) {
        Map<String, List<Double>> absolute = new LinkedHashMap<>();
        for (RowExplanation row : members) {
            List<String> labels = row.tokens() == null
                    ? labels(row)
                    : row.tokens().stream().map(ArrayExplainer::shown).toList();
            double[] attributions = row.attributions();
            for (int i = 0; i < labels.size(); i++) {
                absolute.computeIfAbsent(labels.get(i), k -> new ArrayList<>()).add(Math.abs(attributions[i]));
            }
        }
        double[] importance = absolute.values().stream()
                .mapToDouble(list -> list.stream().mapToDouble(v -> v).average().orElseThrow())
                .toArray();
        String title = "mean absolute attribution for " + classes.text(target) + ", " + members.size()
                + (members.size() == 1 ? " row" : " rows");
        return FeaturePlots.bars(title, List.copyOf(absolute.keySet()), importance, top);
    }

    private List<String> labels(RowExplanation row) {
        return ArrayExplainer.labels(row.tokens(), row.explanation().attribution().length, step);
    }

    private static String csv(List<RowExplanation> explained) {
        StringBuilder csv = new StringBuilder("row,explained,score,expected,step,token,attribution,standard error\n");
        for (RowExplanation row : explained) {
            Explanation e = row.explanation();
            String head = row.index() + "," + e.target() + "," + e.score() + "," + Csv.cell(e.expected()) + ",";
            for (int step = 0; step < e.attribution().length; step++) {
                String token = row.tokens() == null ? "" : Csv.cell(row.tokens().get(step));
                csv.append(head).append(step).append(',').append(token).append(',');
                csv.append(e.attribution()[step]).append(',');
                csv.append(Csv.cell(e.standardError()[step])).append('\n');
            }
        }
        return csv.toString();
    }

    /** @return {@code attributions.npz} */
    static Path writeValues(Path folder, List<Explanation> byElement) throws IOException {
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
        Path arrays = folder.resolve("attributions.npz");
        new NpzWriter()
                .add("attribution", attribution, dims)
                .add("standard_error", standardError, dims)
                .add("target", targets, number)
                .add("score", scores, number)
                .add("expected", expected, number)
                .write(arrays);
        return arrays;
    }

    private static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
