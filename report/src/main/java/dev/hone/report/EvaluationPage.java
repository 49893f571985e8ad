package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Decision;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.Proportion;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Link;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.PairedComparison;
import java.nio.file.Path;
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
 * @param cautions what to know before trusting the metrics, in sentences
 * @param links to pages beside this one
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
        List<String> cautions,
        List<Link> links,
        List<String> commands) {
    /** Writes the page as one file, with embedded images and styles. */
    public void write(Path file) {
        List<Section> sections = new ArrayList<>();
        sections.add(new MetricsTable(first, second, samples.unit(), speed, threads).section());
        sections.add(confusion(first, "Confusion matrix of " + first.name()));
        if (second != null) {
            sections.add(confusion(second, "Confusion matrix of " + second.name()));
        }
        sections.addAll(new EvaluationCurves(first, second, samples.unit()).sections());
        if (explanations != null) {
            sections.addAll(explanations.sections(first.evaluation().labels(), second == null ? null : second.name()));
        }
        if (samples.shown() != null) {
            sections.add(samples.shown());
        }
        trainingCurves().ifPresent(sections::add);
        sections.add(reproduction());
        new Report(title(), lead(), links, cautions, tiles(), sections, Report.signature()).write(file);
    }

    private String title() {
        return "Evaluation on " + samples.data().toAbsolutePath().normalize().getFileName();
    }

    private String lead() {
        return String.format(
                Locale.ROOT,
                "%s: %d classes, %d %s. %s",
                first.name(),
                first.evaluation().labels().size(),
                first.evaluation().size(),
                samples.unit(),
                decision(first));
    }

    /** How the model's probabilities become decisions, in a sentence. */
    private static String decision(ModelEvaluation model) {
        Decision decision = model.evaluation().decision();
        return decision.hasThreshold()
                ? String.format(
                        Locale.ROOT, "A part is rejected if 1 - p(good) is at least %.4f.", decision.threshold())
                : "The most probable class decides; there is no reject threshold.";
    }

    private List<Tile> tiles() {
        List<Tile> tiles = new ArrayList<>();
        Metrics metrics = first.metrics();
        int good = first.good();
        if (good >= 0) {
            tiles.add(tile("escape rate", confusion -> confusion.escapes(good)));
            tiles.add(tile("overkill", confusion -> confusion.overkill(good)));
        }
        tiles.add(new Tile(
                "macro F1",
                Figures.percent(metrics.confusion().macroF1()),
                notes(
                        metrics.intervals().macroF1().percent(),
                        Figures.percent(metrics.constant().macroF1()))));
        tiles.add(new Tile(
                "ROC AUC",
                Double.isNaN(metrics.rocAuc()) ? "-" : String.format(Locale.ROOT, "%.4f", metrics.rocAuc()),
                List.of(metrics.intervals().rocAuc().number())));
        tiles.add(tile("accuracy", Confusion::accuracyProportion));
        tiles.add(new Tile(
                "calibration error (ECE)",
                Double.isNaN(metrics.calibration().error())
                        ? "-"
                        : Figures.percent(metrics.calibration().error()),
                List.of("up to "
                        + Report.unbroken(Figures.percent(metrics.calibration().chance())) + " by chance")));
        if (second != null) {
            tiles.addAll(secondTiles());
        }
        return tiles;
    }

    private List<Tile> secondTiles() {
        double gain = second.metrics().confusion().macroF1()
                - first.metrics().confusion().macroF1();
        // Adding zero turns a negative zero into one without a sign.
        return List.of(
                new Tile(
                        "macro F1 points",
                        String.format(Locale.ROOT, "%+.1f", Math.round(1000 * gain) / 10.0 + 0.0),
                        List.of(second.name() + " against " + first.name())),
                new Tile(
                        "size of " + second.name(),
                        String.format(
                                Locale.ROOT,
                                "%.0f %%",
                                100.0 * ModelFiles.size(second.file()) / ModelFiles.size(first.file()))),
                new Tile("speed of " + second.name(), String.format(Locale.ROOT, "%.1f x", 1 / speed.ratio())));
    }

    /** A share with its interval, beside what always predicting the largest class gives. */
    private Tile tile(String name, Function<Confusion, Proportion> share) {
        Proportion own = share.apply(first.metrics().confusion());
        return new Tile(
                name,
                own.percent(),
                notes(own.interval(), share.apply(first.metrics().constant()).percent()));
    }

    private List<String> notes(String interval, String constant) {
        return List.of(
                Report.unbroken(interval),
                "always '" + first.metrics().largestClass() + "': " + Report.unbroken(constant));
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
            figures.add(Charts.overEpochs("Loss", "loss", losses));
        }
        if (!scores.isEmpty()) {
            figures.add(Charts.overEpochs("Metrics", "share", scores));
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

    private static Section confusion(ModelEvaluation model, String title) {
        Confusion confusion = model.metrics().confusion();
        List<String> labels = model.evaluation().labels();
        List<List<Cell>> rows = new ArrayList<>();
        for (int t = 0; t < labels.size(); t++) {
            List<Cell> row = new ArrayList<>(List.of(Cell.of(labels.get(t))));
            for (int p = 0; p < labels.size(); p++) {
                double share = (double) confusion.count(t, p) / Math.max(1, confusion.support(t));
                row.add(Cell.shaded(Long.toString(confusion.count(t, p)), 0.75 * share));
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
}
