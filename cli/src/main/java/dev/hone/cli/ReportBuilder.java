package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.data.DataSet;
import dev.hone.model.Classifier;
import dev.hone.model.ModelFiles;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Ranking;
import dev.hone.report.Charts;
import dev.hone.report.Pictures;
import dev.hone.report.Report;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.Cores;
import dev.hone.runtime.Latency;
import dev.hone.runtime.Paired;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.heatmap.ContactSheet;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Gathers what is known of a model, and of its quantized twin if there is one, into a {@link Report}. */
final class ReportBuilder {
    private static final int SAMPLES_PER_CLASS = 4;

    private final Summary first;
    private final Summary second;
    private final ImageStore store;
    private final int[] indices;
    private final List<String> commands;

    /**
     * @param second the quantized twin, or null
     * @param indices the samples of the store that were judged, in the evaluations' order
     * @param commands what to run to get the same
     */
    ReportBuilder(Summary first, Summary second, ImageStore store, int[] indices, List<String> commands) {
        this.first = first;
        this.second = second;
        this.store = store;
        this.indices = indices;
        this.commands = commands;
    }

    void write(Path file, PixelOption pixels, SessionOptions options) {
        try (Classifier classifier = new Classifier(first.file(), pixels.pixels, options)) {
            Paired speed = speed(options);
            List<Section> sections = new ArrayList<>();
            sections.add(samples());
            curves(classifier).ifPresent(sections::add);
            sections.add(sideBySide(speed, options.threads()));
            sections.add(confusion(first, "Confusion matrix of " + first.file().getFileName()));
            if (second != null) {
                sections.add(
                        confusion(second, "Confusion matrix of " + second.file().getFileName()));
            }
            sections.addAll(new WhySections(first, second, store, indices).of(classifier, pixels, options));
            sections.add(provenance(classifier));
            new Report(title(), lead(), tiles(speed), sections, footer()).write(file);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private String title() {
        return "Inspection of "
                + store.dataSet().root().toAbsolutePath().normalize().getFileName();
    }

    private String lead() {
        return String.format(
                "%d classes, judged on %d images.",
                first.evaluation().labels().size(), first.evaluation().size());
    }

    private List<Tile> tiles(Paired speed) {
        List<Tile> tiles = new ArrayList<>();
        Confusion confusion = first.evaluation().confusion();
        tiles.add(new Tile("test accuracy", Figures.percent(confusion.accuracy())));
        tiles.add(new Tile("macro F1", Figures.percent(confusion.macroF1())));
        if (second != null) {
            double drop = confusion.macroF1() - second.evaluation().confusion().macroF1();
            tiles.add(new Tile(
                    "points of macro F1 lost by " + name(second.file()),
                    String.format(Locale.ROOT, "%.2f", 100 * drop)));
            tiles.add(new Tile(
                    "size of " + name(second.file()),
                    String.format(
                            Locale.ROOT,
                            "%.0f %%",
                            100.0 * ModelFiles.size(second.file()) / ModelFiles.size(first.file()))));
            tiles.add(new Tile(
                    "speed of " + name(second.file()), String.format(Locale.ROOT, "%.1f x", 1 / speed.ratio())));
        }
        return tiles;
    }

    private Section samples() {
        DataSet set = store.dataSet();
        List<ContactSheet.Cell> cells = new ArrayList<>();
        for (int c = 0; c < set.classes().size(); c++) {
            int label = c;
            int[] members = IntStream.of(indices)
                    .filter(i -> set.samples().get(i).label() == label)
                    .toArray();
            int shown = Math.min(SAMPLES_PER_CLASS, members.length);
            // Spread over all, since neighbours in a folder are often of one kind.
            IntStream.range(0, shown)
                    .map(k -> members[(2 * k + 1) * members.length / (2 * shown)])
                    .forEach(i -> cells.add(new ContactSheet.Cell(
                            Pictures.shown(set.samples().get(i).file()),
                            set.classes().get(label))));
        }
        Image sheet = ContactSheet.of(cells, 2 * SAMPLES_PER_CLASS, 112);
        return new Section(
                "What was inspected",
                "Some of the test images of every class.",
                List.of(),
                List.of(Figure.ofPng(ImageFiles.png(sheet), sheet.width(), "")),
                null);
    }

    private static java.util.Optional<Section> curves(Classifier classifier) {
        Map<String, double[]> history = classifier.input().history();
        if (history.isEmpty()) {
            return java.util.Optional.empty();
        }
        List<Figure> figures = new ArrayList<>();
        Map<String, double[]> losses = new LinkedHashMap<>();
        Map<String, double[]> scores = new LinkedHashMap<>();
        history.forEach((name, values) -> {
            if (name.contains("loss")) {
                losses.put(name, values);
            } else if (!name.contains("rate")) {
                scores.put(name, values);
            }
        });
        if (!losses.isEmpty()) {
            figures.add(Figure.ofSvg(Charts.overEpochs("Loss", "loss", losses), ""));
        }
        if (!scores.isEmpty()) {
            figures.add(Figure.ofSvg(Charts.overEpochs("Quality", "share", scores), ""));
        }
        return java.util.Optional.of(new Section(
                "How it learned",
                "The model kept is the best one on the validation images.",
                List.of(),
                figures,
                null));
    }

    private Paired speed(SessionOptions options) {
        try (BenchCommand.Runner a = new BenchCommand.Runner(first.file(), options, 1, null)) {
            if (second == null) {
                Latency alone = Latency.measure(a, Duration.ofSeconds(1));
                return new Paired(alone, alone, 1, 1, 1);
            }
            try (BenchCommand.Runner b = new BenchCommand.Runner(second.file(), options, 1, null)) {
                return Paired.compare(a, b, Duration.ofSeconds(2));
            }
        }
    }

    private Section sideBySide(Paired speed, int threads) {
        List<String> head =
                new ArrayList<>(List.of("", first.file().getFileName().toString()));
        if (second != null) {
            head.add(second.file().getFileName().toString());
        }
        List<List<Cell>> rows = new ArrayList<>();
        row(rows, "accuracy", j -> Figures.percent(j.evaluation().confusion().accuracy()));
        row(
                rows,
                "balanced accuracy",
                j -> Figures.percent(j.evaluation().confusion().balancedAccuracy()));
        row(rows, "macro F1", j -> Figures.percent(j.evaluation().confusion().macroF1()));
        row(
                rows,
                "ROC AUC",
                j -> String.format(Locale.ROOT, "%.4f", j.evaluation().rocAuc()));
        int good = first.good();
        if (good >= 0) {
            LimitOption limit = first.limit();
            row(rows, limit.measured(), j -> Figures.percent(limit.measured(j.evaluation(), good)));
        }
        if (first.evaluation().decision().hasThreshold()) {
            row(rows, "threshold of the model", j -> threshold(j.evaluation()));
        }
        row(rows, "size", j -> Figures.bytes(ModelFiles.size(j.file())));
        row(rows, "latency p50", j -> milliseconds(latency(speed, j).p50()));
        row(rows, "latency p95", j -> milliseconds(latency(speed, j).p95()));
        row(rows, "latency p99", j -> milliseconds(latency(speed, j).p99()));
        row(
                rows,
                "images/s",
                j -> String.format(Locale.ROOT, "%.0f", latency(speed, j).perSecond(1)));
        return new Section(
                second == null ? "In figures" : "Side by side",
                "Latency is one image on " + Cores.model() + ", " + threads + " threads, decoded and resized "
                        + "already" + (second == null ? "." : "; the two models ran in turn."),
                List.of(new Table(null, head, rows)),
                List.of(),
                null);
    }

    private static String threshold(Evaluation evaluation) {
        if (!evaluation.decision().hasThreshold()) {
            return "none";
        }
        Ranking.OperatingPoint point = evaluation.operatingPoint();
        return String.format(
                Locale.ROOT,
                "%.4f: overkill %s, escapes %s",
                point.threshold(),
                Figures.percent(point.overkill()),
                Figures.percent(point.escape()));
    }

    private Latency latency(Paired speed, Summary judged) {
        return judged == first ? speed.a() : speed.b();
    }

    private void row(List<List<Cell>> rows, String name, java.util.function.Function<Summary, String> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(name), Cell.of(cell.apply(first))));
        if (second != null) {
            row.add(Cell.of(cell.apply(second)));
        }
        rows.add(row);
    }

    private static Section confusion(Summary judged, String title) {
        Confusion confusion = judged.evaluation().confusion();
        List<String> labels = judged.evaluation().labels();
        List<List<Cell>> rows = new ArrayList<>();
        for (int t = 0; t < labels.size(); t++) {
            List<Cell> row = new ArrayList<>(List.of(Cell.of(labels.get(t))));
            for (int p = 0; p < labels.size(); p++) {
                double share = (double) confusion.count(t, p) / Math.max(1, confusion.support(t));
                row.add(new Cell(Long.toString(confusion.count(t, p)), 0.75 * share));
            }
            Summary.measures(confusion, t).forEach(text -> row.add(Cell.of(text)));
            rows.add(row);
        }
        return new Section(
                title,
                "A row for each true class; the darker, the larger the share of that class.",
                List.of(new Table(null, Summary.head(labels), rows)),
                List.of(),
                null);
    }

    private Section provenance(Classifier classifier) {
        List<List<Cell>> rows = new ArrayList<>();
        classifier.input().provenance().forEach((key, value) -> rows.add(List.of(Cell.of(key), Cell.of(value))));
        store.dataSet().notices().forEach(n -> rows.add(List.of(Cell.of("data"), Cell.of(n))));
        store.notices().forEach(n -> rows.add(List.of(Cell.of("data"), Cell.of(n))));
        List<Table> tables = rows.isEmpty() ? List.of() : List.of(new Table(null, List.of("", ""), rows));
        return new Section(
                "How to get the same",
                "Same data, same seed, same number of epochs, same machine: same weights.",
                tables,
                List.of(),
                String.join("\n", commands));
    }

    private static String footer() {
        return "Hone " + Hone.Version.number() + ", " + LocalDate.now();
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }
}
