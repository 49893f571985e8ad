package dev.hone.report;

import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Evaluation;
import dev.hone.report.Report.Figure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Histograms of the defect score, 1 - p(good), a row for each class, with the reject threshold. */
final class ScoreHistogram {
    private static final int BINS = 40;
    private static final int WIDTH = 510;
    private static final int RIGHT = 74;
    private static final int ROW = 34;
    private static final int TOP = 34;
    private static final int LONGEST_LABEL = 18;
    /** More classes than these are shown as one. */
    private static final int MOST_CLASSES = 14;

    private ScoreHistogram() {}

    /** One row. */
    private record Row(String label, boolean good, double[] scores) {}

    /** @param model whose good class is known */
    static Figure of(ModelEvaluation model) {
        Evaluation evaluation = model.evaluation();
        List<Row> rows = rows(evaluation, model.good());
        double left = 24
                + rows.stream()
                        .mapToDouble(row -> Svg.width(Svg.cut(row.label, LONGEST_LABEL)))
                        .max()
                        .orElse(0);
        double width = WIDTH - RIGHT - left;
        Svg svg = new Svg();
        svg.title(12, 20, "Defect score by class");
        double bottom = TOP + ROW * rows.size();
        for (int tick = 0; tick <= 5; tick++) {
            double x = left + width * tick / 5;
            svg.line(x, TOP, x, bottom, Svg.GRID);
            svg.small(x, bottom + 16, "middle", tick == 0 ? "0" : tick == 5 ? "1" : "0." + 2 * tick);
        }
        for (int r = 0; r < rows.size(); r++) {
            draw(svg, rows.get(r), left, width, TOP + ROW * r);
        }
        boolean hasThreshold = evaluation.decision().hasThreshold();
        double threshold = evaluation.decision().threshold();
        if (hasThreshold) {
            double x = left + width * Math.min(1, threshold);
            svg.stroked(List.of(new double[] {x, TOP - 4}, new double[] {x, bottom}), "#222222", 1.5, "5 3");
        }
        svg.small(
                left + width / 2,
                bottom + 34,
                "middle",
                "defect score, 1 - p(good); heights are square roots of shares");
        if (hasThreshold) {
            svg.small(left + width / 2, bottom + 50, "middle", "dashed: reject threshold " + Svg.number(threshold));
        }
        return Figure.ofSvg(
                svg.document(WIDTH, bottom + (hasThreshold ? 60 : 44)),
                "",
                alt(rows, hasThreshold ? threshold : Double.NaN));
    }

    private static void draw(Svg svg, Row row, double left, double width, double top) {
        long[] counts = new long[BINS];
        for (double score : row.scores) {
            counts[(int) Math.min(BINS - 1, Math.max(0, score * BINS))]++;
        }
        long most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        String color = row.good ? Svg.AGAINST : Svg.FOR;
        for (int b = 0; b < BINS; b++) {
            // Square roots, so that a single part on the wrong side shows beside hundreds on the right one.
            double height = (ROW - 8) * Math.sqrt((double) counts[b] / most);
            if (counts[b] > 0) {
                svg.rectangle(left + width * b / BINS, top + ROW - 4 - height, width / BINS - 0.6, height, color);
            }
        }
        svg.line(left, top + ROW - 4, left + width, top + ROW - 4, Svg.GRAY);
        svg.textWithTitle(left - 8, top + ROW - 6, "end", Svg.cut(row.label, LONGEST_LABEL), row.label);
        svg.small(left + width + 8, top + ROW - 6, "start", "n = " + row.scores.length);
    }

    private static List<Row> rows(Evaluation evaluation, int good) {
        double[] scores = evaluation.defectScores(good);
        int[] truth = evaluation.truth();
        List<Row> rows = new ArrayList<>();
        rows.add(row(evaluation.labels().get(good), true, scores, i -> truth[i] == good));
        if (evaluation.labels().size() > MOST_CLASSES) {
            rows.add(row("all defects", false, scores, i -> truth[i] != good));
            return rows;
        }
        for (int c = 0; c < evaluation.labels().size(); c++) {
            int label = c;
            if (c != good) {
                rows.add(row(evaluation.labels().get(c), false, scores, i -> truth[i] == label));
            }
        }
        return rows;
    }

    private static Row row(String label, boolean good, double[] scores, java.util.function.IntPredicate member) {
        return new Row(
                label,
                good,
                IntStream.range(0, scores.length)
                        .filter(member)
                        .mapToDouble(i -> scores[i])
                        .toArray());
    }

    private static String alt(List<Row> rows, double threshold) {
        StringBuilder text = new StringBuilder("Histograms of the defect score by class.");
        for (Row row : rows) {
            double[] sorted = Arrays.stream(row.scores).sorted().toArray();
            text.append(
                    sorted.length == 0
                            ? String.format(Locale.ROOT, " %s: no samples.", row.label)
                            : String.format(
                                    Locale.ROOT,
                                    " %s: %d, median %.3f%s.",
                                    row.label,
                                    sorted.length,
                                    sorted[sorted.length / 2],
                                    Double.isNaN(threshold)
                                            ? ""
                                            : ", "
                                                    + Arrays.stream(sorted)
                                                            .filter(s -> s >= threshold)
                                                            .count()
                                                    + " at or above the reject threshold"));
        }
        return text.toString();
    }
}
