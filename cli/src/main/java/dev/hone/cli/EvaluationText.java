package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import dev.hone.report.ConfusionTable;
import java.util.ArrayList;
import java.util.List;

/** An evaluation as text: what an inspection line asks for first, then the rest. */
final class EvaluationText {
    private EvaluationText() {}

    static String of(EvaluateResult result) {
        String first = of(result, result.model(), result.cautions());
        return result.against() == null
                ? first
                : first + LineFormat.format("%n") + of(result, result.against(), List.of());
    }

    private static String of(EvaluateResult result, ModelEvaluation model, List<String> cautions) {
        Metrics metrics = model.metrics();
        StringBuilder text = new StringBuilder(LineFormat.format(
                "%s on %d %s of %s (%s)%n%n",
                model.file(), model.evaluation().size(), result.unit(), result.data(), result.split()));
        text.append(shares(metrics)).append(thresholds(model, result.unit()));
        for (int i = 0; i < cautions.size(); i++) {
            text.append(LineFormat.format(i == 0 ? "%nnote: %s%n" : "note: %s%n", cautions.get(i)));
        }
        return text.append(LineFormat.format("%n"))
                .append(matrix(model))
                .append(LineFormat.format(
                        "%naverage precision %s   log loss %.4f%ncalibration error %s; %s%n",
                        number(metrics.averagePrecision()),
                        metrics.logLoss(),
                        metrics.calibration().text(),
                        metrics.calibration().binning()))
                .toString();
    }

    private static TextTable shares(Metrics metrics) {
        Confusion confusion = metrics.confusion();
        Confusion constant = metrics.constant();
        TextTable table = new TextTable().row("", "value", "95 % interval", "always '" + metrics.largestClass() + "'");
        if (metrics.good() >= 0) {
            share(table, "escape rate", metrics.escapes(), constant.escapes(metrics.good()));
            share(table, "overkill", metrics.overkill(), constant.overkill(metrics.good()));
        }
        table.row(
                "macro F1",
                Figures.percent(confusion.macroF1()),
                metrics.intervals().macroF1().percent(),
                Figures.percent(constant.macroF1()));
        table.row(
                "ROC AUC",
                number(metrics.rocAuc()),
                metrics.intervals().rocAuc().number(),
                "");
        share(table, "accuracy", confusion.accuracyProportion(), constant.accuracyProportion());
        return table.row(
                "balanced accuracy",
                Figures.percent(confusion.balancedAccuracy()),
                metrics.intervals().balancedAccuracy().percent(),
                Figures.percent(constant.balancedAccuracy()));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : LineFormat.format("%.4f", value);
    }

    private static void share(TextTable table, String name, Proportion own, Proportion constant) {
        table.row(name, own.percent(), own.total() == 0 ? "-" : own.interval(), constant.percent());
    }

    private static String thresholds(ModelEvaluation model, String unit) {
        Evaluation evaluation = model.evaluation();
        if (model.good() < 0 || evaluation.size() == 0) {
            return "";
        }
        String own = evaluation.decision().hasThreshold()
                ? LineFormat.format(
                                "%nreject threshold %.4f", evaluation.decision().threshold())
                        + cost(model, evaluation.operatingPoint())
                : LineFormat.format("%nno reject threshold: the most probable class decides");
        Ranking.OperatingPoint point = model.rule().point(evaluation, model.good());
        return own
                + LineFormat.format(
                        "%nfitted to these %s: escape rate %s at %s overkill (reject threshold %.4f)%s%n",
                        unit,
                        Figures.percent(point.escape()),
                        Figures.percent(point.overkill()),
                        point.threshold(),
                        cost(model, point));
    }

    private static String cost(ModelEvaluation model, Ranking.OperatingPoint point) {
        return model.rule() instanceof CostRule costs
                ? ", cost per part " + CostRule.text(costs.of(point, costs.share(model.evaluation(), model.good())))
                : "";
    }

    private static TextTable matrix(ModelEvaluation model) {
        Confusion confusion = model.metrics().confusion();
        List<String> labels = confusion.labels();
        TextTable matrix = new TextTable().row(ConfusionTable.head(labels).toArray());
        for (int actual = 0; actual < labels.size(); actual++) {
            List<Object> row = new ArrayList<>(List.of(labels.get(actual)));
            for (int predicted = 0; predicted < labels.size(); predicted++) {
                row.add(confusion.count(actual, predicted));
            }
            row.addAll(ConfusionTable.metrics(confusion, actual));
            matrix.row(row.toArray());
        }
        return matrix;
    }
}
