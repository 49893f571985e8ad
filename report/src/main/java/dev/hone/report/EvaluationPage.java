package dev.hone.report;

import dev.hone.core.Version;
import dev.hone.core.text.Figures;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.CpuInfo;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The report page of a model evaluated on labelled images or rows, optionally compared with a second model.
 *
 * @param first the evaluated model
 * @param second the second model, for example the quantized one, or null
 * @param samples that were evaluated
 * @param speed latency of the first and the second model; of the first model twice if there is no second
 * @param threads number of threads of the latency measurement
 * @param curves training curves by name, one value per epoch; empty if unknown
 * @param provenance provenance of the first model, by name
 * @param explanations of images, or null
 * @param commands commands that reproduce the model and this page
 */
public record EvaluationPage(
        ModelEvaluation first,
        ModelEvaluation second,
        EvaluatedSamples samples,
        PairedComparison speed,
        int threads,
        Map<String, double[]> curves,
        Map<String, String> provenance,
        Explanations explanations,
        List<String> commands) {
    /** Writes the page as one file, with embedded images and styles. */
    public void write(Path file) {
        List<Section> sections = new ArrayList<>();
        sections.add(comparison());
        sections.add(confusion(first, "Confusion matrix of " + first.name()));
        if (second != null) {
            sections.add(confusion(second, "Confusion matrix of " + second.name()));
        }
        if (explanations != null) {
            sections.addAll(explanations.sections(first.evaluation().labels(), second == null ? null : second.name()));
        }
        if (samples.shown() != null) {
            sections.add(samples.shown());
        }
        trainingCurves().ifPresent(sections::add);
        sections.add(reproduction());
        new Report(title(), lead(), tiles(), sections, footer()).write(file);
    }

    private String title() {
        return "Evaluation on " + samples.data().toAbsolutePath().normalize().getFileName();
    }

    private String lead() {
        return String.format(
                Locale.ROOT,
                "%d classes, evaluated on %d %s. Intervals are 95 %% score intervals (Wilson).",
                first.evaluation().labels().size(),
                first.evaluation().size(),
                samples.unit());
    }

    private List<Tile> tiles() {
        List<Tile> tiles = new ArrayList<>();
        Confusion confusion = first.evaluation().confusion();
        int good = first.good();
        if (good >= 0) {
            tiles.add(tile("escape rate", c -> c.escapes(good)));
            tiles.add(tile("overkill", c -> c.overkill(good)));
        }
        tiles.add(tile("accuracy", Confusion::accuracyProportion));
        tiles.add(new Tile("macro F1", Figures.percent(confusion.macroF1())));
        if (second != null) {
            double gain = second.evaluation().confusion().macroF1() - confusion.macroF1();
            // Adding zero turns a negative zero into one without a sign.
            tiles.add(new Tile(
                    "macro F1 points (" + second.name() + " against " + first.name() + ")",
                    String.format(Locale.ROOT, "%+.1f", Math.round(1000 * gain) / 10.0 + 0.0)));
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

    /** A share with its interval, beside what always predicting the largest class gives. */
    private Tile tile(String name, Function<Confusion, Proportion> share) {
        Confusion confusion = first.evaluation().confusion();
        Proportion own = share.apply(confusion);
        return new Tile(
                name + ", " + own.interval() + "; " + always() + ": "
                        + share.apply(confusion.ofLargestClass()).percent(),
                own.percent());
    }

    private String always() {
        Confusion confusion = first.evaluation().confusion();
        return "always '" + confusion.labels().get(confusion.largestClass()) + "'";
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
                curves.keySet().stream().anyMatch(name -> name.startsWith("validation "))
                        ? "The model kept is the best one on the validation " + samples.unit() + "."
                        : "There were no validation " + samples.unit() + ". The model kept is that of the last epoch.",
                List.of(),
                figures,
                null));
    }

    private Section comparison() {
        List<String> head = new ArrayList<>(List.of("", first.name()));
        if (second != null) {
            head.add(second.name());
        }
        head.add(always());
        List<List<Cell>> rows = new ArrayList<>();
        int good = first.good();
        if (good >= 0) {
            share(rows, "escape rate", j -> j.escapes(good));
            share(rows, "overkill", j -> j.overkill(good));
        }
        share(rows, "accuracy", j -> j.accuracyProportion());
        row(rows, "balanced accuracy", j -> Figures.percent(j.balancedAccuracy()));
        row(rows, "macro F1", j -> Figures.percent(j.macroF1()));
        own(
                rows,
                "ROC AUC",
                j -> String.format(Locale.ROOT, "%.4f", j.evaluation().rocAuc()));
        if (good >= 0) {
            own(
                    rows,
                    first.limit().measured(),
                    j -> Figures.percent(first.limit().measured(j.evaluation(), good)));
        }
        if (first.evaluation().decision().hasThreshold()) {
            own(rows, "reject threshold of the model", j -> threshold(j.evaluation()));
        }
        own(rows, "size", j -> Figures.bytes(ModelFiles.size(j.file())));
        own(rows, "latency p50", j -> milliseconds(latency(j).p50()));
        own(rows, "latency p95", j -> milliseconds(latency(j).p95()));
        own(rows, "latency p99", j -> milliseconds(latency(j).p99()));
        own(
                rows,
                samples.unit() + "/s",
                j -> String.format(Locale.ROOT, "%.0f", latency(j).perSecond(1)));
        return new Section(
                second == null ? "Metrics" : "Model comparison",
                "Intervals are 95 % score intervals (Wilson), of the " + samples.unit()
                        + " of this evaluation. Latency of one "
                        + (samples.unit().equals("rows") ? "row" : "image") + " on " + CpuInfo.modelName() + ", "
                        + threads + " threads"
                        + (samples.unit().equals("rows") ? "" : ", without decoding")
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

    /** A row about predictions, which always predicting the largest class has too. */
    private void row(List<List<Cell>> rows, String name, Function<Confusion, String> cell) {
        own(rows, name, model -> cell.apply(model.evaluation().confusion()));
        List<Cell> row = rows.get(rows.size() - 1);
        row.set(
                row.size() - 1,
                Cell.of(cell.apply(first.evaluation().confusion().ofLargestClass())));
    }

    /** Shares with their intervals; what always predicting the largest class gives has none. */
    private void share(List<List<Cell>> rows, String name, Function<Confusion, Proportion> share) {
        row(rows, name, confusion -> share.apply(confusion).percent());
        List<Cell> row = rows.get(rows.size() - 1);
        List<ModelEvaluation> models = second == null ? List.of(first) : List.of(first, second);
        for (int i = 0; i < models.size(); i++) {
            Proportion own = share.apply(models.get(i).evaluation().confusion());
            row.set(i + 1, Cell.of(own.percent() + " (" + own.interval() + ")"));
        }
    }

    /** A row about the models alone. */
    private void own(List<List<Cell>> rows, String name, Function<ModelEvaluation, String> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(name), Cell.of(cell.apply(first))));
        if (second != null) {
            row.add(Cell.of(cell.apply(second)));
        }
        row.add(Cell.of(""));
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
        samples.notices().forEach(n -> rows.add(List.of(Cell.of("data"), Cell.of(n))));
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
