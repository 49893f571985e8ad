package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Interval;
import dev.hone.model.metric.Intervals;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.Proportion;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.runtime.CpuInfo;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The metrics of one or two models, beside always predicting the largest class.
 *
 * @param second model, or null
 * @param speed latency of the first and the second model; of the first model twice if there is no second
 * @param threads number of threads of the latency measurement
 */
record MetricsTable(ModelEvaluation first, ModelEvaluation second, String unit, PairedComparison speed, int threads) {

    Section section() {
        List<String> head = new ArrayList<>(List.of("", first.name()));
        if (second != null) {
            head.add(second.name());
        }
        head.add("always '" + first.metrics().largestClass() + "'");
        List<List<Cell>> rows = new ArrayList<>();
        int good = first.good();
        if (good >= 0) {
            share(rows, "escape rate", confusion -> confusion.escapes(good));
            share(rows, "overkill", confusion -> confusion.overkill(good));
            own(rows, "reject threshold", model -> threshold(model.evaluation()));
        }
        interval(rows, "macro F1", Intervals::macroF1, Confusion::macroF1);
        own(
                rows,
                "ROC AUC",
                model -> known(model.metrics().rocAuc())
                        + (Double.isNaN(model.metrics().rocAuc())
                                ? ""
                                : " (" + model.metrics().intervals().rocAuc().number() + ")"));
        own(
                rows,
                good >= 0 ? "average precision of defects" : "average precision, mean of classes",
                model -> known(model.metrics().averagePrecision()));
        share(rows, "accuracy", Confusion::accuracyProportion);
        interval(rows, "balanced accuracy", Intervals::balancedAccuracy, Confusion::balancedAccuracy);
        own(rows, "calibration error (ECE)", model -> model.metrics()
                .calibration()
                .text());
        if (good >= 0) {
            own(rows, first.rule().measured() + ", fitted to these " + unit, model -> first.rule()
                    .measured(model.evaluation(), good));
        }
        own(rows, "size", model -> Figures.bytes(ModelFiles.size(model.file())));
        own(rows, "latency p50", model -> milliseconds(latency(model).p50()));
        own(rows, "latency p95", model -> milliseconds(latency(model).p95()));
        own(rows, "latency p99", model -> milliseconds(latency(model).p99()));
        own(
                rows,
                unit + "/s",
                model -> String.format(Locale.ROOT, "%.0f", latency(model).perSecond(1)));
        return new Section(
                second == null ? "Metrics" : "Model comparison",
                note(),
                List.of(new Table(null, head, rows)),
                List.of(),
                null);
    }

    private String note() {
        boolean isRows = unit.equals("rows");
        return "Intervals in parentheses are 95 % intervals of the evaluated " + unit
                + ": Wilson's score interval of rates, the bootstrap of macro F1, balanced accuracy and ROC AUC. Latency of one "
                + (isRows ? "row" : "image") + " on " + CpuInfo.modelName() + ", " + threads + " threads"
                + (isRows ? "" : ", without decoding") + (second == null ? "." : "; the two models ran alternately.");
    }

    private static String threshold(Evaluation evaluation) {
        return evaluation.decision().hasThreshold()
                ? String.format(Locale.ROOT, "%.4f", evaluation.decision().threshold())
                : "none";
    }

    private Latency latency(ModelEvaluation model) {
        return model == first ? speed.a() : speed.b();
    }

    private void interval(
            List<List<Cell>> rows,
            String name,
            Function<Intervals, Interval> interval,
            Function<Confusion, Double> value) {
        own(rows, name, model -> {
            Metrics metrics = model.metrics();
            return Figures.percent(value.apply(metrics.confusion())) + " ("
                    + interval.apply(metrics.intervals()).percent() + ")";
        });
        constant(rows, Figures.percent(value.apply(first.metrics().constant())));
    }

    private void share(List<List<Cell>> rows, String name, Function<Confusion, Proportion> share) {
        own(rows, name, model -> {
            Proportion own = share.apply(model.metrics().confusion());
            return own.total() == 0 ? "-" : own.percent() + " (" + own.interval() + ")";
        });
        constant(rows, share.apply(first.metrics().constant()).percent());
    }

    private static void constant(List<List<Cell>> rows, String text) {
        List<Cell> row = rows.get(rows.size() - 1);
        row.set(row.size() - 1, cell(text));
    }

    /** A row about the models alone. */
    private void own(List<List<Cell>> rows, String name, Function<ModelEvaluation, String> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.of(name), cell(cell.apply(first))));
        if (second != null) {
            row.add(cell(cell.apply(second)));
        }
        row.add(Cell.of(""));
        rows.add(row);
    }

    /** A value and, after a break at most, its interval. */
    private static Cell cell(String text) {
        return Cell.of(Report.unbroken(text).replace("\u00a0(", " ("));
    }

    private static String known(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }
}
