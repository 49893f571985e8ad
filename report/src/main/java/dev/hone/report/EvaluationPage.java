package dev.hone.report;

import dev.hone.core.Version;
import dev.hone.core.text.Figures;
import dev.hone.data.DataSet;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Ranking;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.CpuInfo;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import dev.hone.vision.heatmap.ContactSheet;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The report page of a model evaluated on labelled images, optionally compared with a second model.
 *
 * @param first the evaluated model
 * @param second the second model, for example the quantized one, or null
 * @param store store of the images
 * @param indices evaluated samples of the store, in the order of the evaluations
 * @param speed latency of the first and the second model; of the first model twice if there is no second
 * @param threads number of threads of the latency measurement
 * @param curves training curves by name, one value per epoch; empty if unknown
 * @param provenance provenance of the first model, by name
 * @param commands commands that reproduce the model and this page
 */
public record EvaluationPage(
        ModelEvaluation first,
        ModelEvaluation second,
        ImageStore store,
        int[] indices,
        PairedComparison speed,
        int threads,
        Map<String, double[]> curves,
        Map<String, String> provenance,
        Explanations explanations,
        List<String> commands) {
    private static final int SAMPLES_PER_CLASS = 4;

    /** Writes the page as one file, with embedded images and styles. */
    public void write(Path file) {
        List<Section> sections = new ArrayList<>();
        sections.add(samples());
        trainingCurves().ifPresent(sections::add);
        sections.add(comparison());
        sections.add(confusion(first, "Confusion matrix of " + first.name()));
        if (second != null) {
            sections.add(confusion(second, "Confusion matrix of " + second.name()));
        }
        sections.addAll(explanations.sections(first.evaluation().labels(), second == null ? null : second.name()));
        sections.add(reproduction());
        new Report(title(), lead(), tiles(), sections, footer()).write(file);
    }

    private String title() {
        return "Evaluation on "
                + store.dataSet().root().toAbsolutePath().normalize().getFileName();
    }

    private String lead() {
        return String.format(
                Locale.ROOT,
                "%d classes, evaluated on %d images.",
                first.evaluation().labels().size(),
                first.evaluation().size());
    }

    private List<Tile> tiles() {
        List<Tile> tiles = new ArrayList<>();
        Confusion confusion = first.evaluation().confusion();
        tiles.add(new Tile("test accuracy", Figures.percent(confusion.accuracy())));
        tiles.add(new Tile("macro F1", Figures.percent(confusion.macroF1())));
        if (second != null) {
            double drop = confusion.macroF1() - second.evaluation().confusion().macroF1();
            tiles.add(new Tile(
                    "macro F1 points, " + second.name() + " against " + first.name(),
                    String.format(Locale.ROOT, "%+.2f", Math.round(-10_000 * drop) / 100.0)));
            tiles.add(new Tile(
                    "size of " + second.name(),
                    String.format(
                            Locale.ROOT,
                            "%.0f %%",
                            100.0 * ModelFiles.size(second.file()) / ModelFiles.size(first.file()))));
            tiles.add(new Tile("speed of " + second.name(), String.format(Locale.ROOT, "%.1f x", 1 / speed.ratio())));
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
            // Spread over all samples, since neighbors in a folder are often similar.
            IntStream.range(0, shown)
                    .map(k -> members[(2 * k + 1) * members.length / (2 * shown)])
                    .forEach(i -> cells.add(new ContactSheet.Cell(
                            ReportImages.shown(set.samples().get(i).file()),
                            set.classes().get(label))));
        }
        Image sheet = ContactSheet.of(cells, 2 * SAMPLES_PER_CLASS, 112);
        return new Section(
                "Data",
                "Some of the evaluated images of every class.",
                List.of(),
                List.of(Figure.ofPng(ImageFiles.png(sheet), sheet.width(), "")),
                null);
    }

    private Optional<Section> trainingCurves() {
        if (curves.isEmpty()) {
            return Optional.empty();
        }
        List<Figure> figures = new ArrayList<>();
        Map<String, double[]> losses = new LinkedHashMap<>();
        Map<String, double[]> scores = new LinkedHashMap<>();
        curves.forEach((name, values) -> {
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
            figures.add(Figure.ofSvg(Charts.overEpochs("Metrics", "share", scores), ""));
        }
        return Optional.of(new Section(
                "Training curves",
                "The model kept is the best one on the validation images.",
                List.of(),
                figures,
                null));
    }

    private Section comparison() {
        List<String> head = new ArrayList<>(List.of("", first.name()));
        if (second != null) {
            head.add(second.name());
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
            row(
                    rows,
                    first.limit().measured(),
                    j -> Figures.percent(first.limit().measured(j.evaluation(), good)));
        }
        if (first.evaluation().decision().hasThreshold()) {
            row(rows, "reject threshold of the model", j -> threshold(j.evaluation()));
        }
        row(rows, "size", j -> Figures.bytes(ModelFiles.size(j.file())));
        row(rows, "latency p50", j -> milliseconds(latency(j).p50()));
        row(rows, "latency p95", j -> milliseconds(latency(j).p95()));
        row(rows, "latency p99", j -> milliseconds(latency(j).p99()));
        row(rows, "images/s", j -> String.format(Locale.ROOT, "%.0f", latency(j).perSecond(1)));
        return new Section(
                second == null ? "Metrics" : "Model comparison",
                "Latency of one image on " + CpuInfo.modelName() + ", " + threads + " threads, without decoding"
                        + (second == null ? "." : "; the two models ran alternately."),
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
                "%.4f: overkill %s, escape rate %s",
                point.threshold(),
                Figures.percent(point.overkill()),
                Figures.percent(point.escape()));
    }

    private Latency latency(ModelEvaluation model) {
        return model == first ? speed.a() : speed.b();
    }

    private void row(List<List<Cell>> rows, String name, Function<ModelEvaluation, String> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(name), Cell.of(cell.apply(first))));
        if (second != null) {
            row.add(Cell.of(cell.apply(second)));
        }
        rows.add(row);
    }

    private static Section confusion(ModelEvaluation model, String title) {
        Confusion confusion = model.evaluation().confusion();
        List<String> labels = model.evaluation().labels();
        List<List<Cell>> rows = new ArrayList<>();
        for (int t = 0; t < labels.size(); t++) {
            List<Cell> row = new ArrayList<>(List.of(Cell.of(labels.get(t))));
            for (int p = 0; p < labels.size(); p++) {
                double share = (double) confusion.count(t, p) / Math.max(1, confusion.support(t));
                row.add(new Cell(Long.toString(confusion.count(t, p)), 0.75 * share));
            }
            ConfusionTable.metrics(confusion, t).forEach(text -> row.add(Cell.of(text)));
            rows.add(row);
        }
        return new Section(
                title,
                "One row per actual class, shaded by its share of that class.",
                List.of(new Table(null, ConfusionTable.head(labels), rows)),
                List.of(),
                null);
    }

    private Section reproduction() {
        List<List<Cell>> rows = new ArrayList<>();
        provenance.forEach((key, value) -> rows.add(List.of(Cell.of(key), Cell.of(value))));
        store.dataSet().notices().forEach(n -> rows.add(List.of(Cell.of("data"), Cell.of(n))));
        store.notices().forEach(n -> rows.add(List.of(Cell.of("data"), Cell.of(n))));
        List<Table> tables = rows.isEmpty() ? List.of() : List.of(new Table(null, List.of("", ""), rows));
        return new Section(
                "Reproduction",
                "The same data, random seed, number of epochs and machine give the same weights.",
                tables,
                List.of(),
                String.join("\n", commands));
    }

    private static String footer() {
        return "Hone " + Version.number() + ", " + LocalDate.now();
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }
}
