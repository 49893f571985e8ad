package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import dev.hone.report.ConfusionTable;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "evaluate",
        header =
                "Evaluate a model on labelled images or table rows: confusion matrix, accuracy, F1, ROC AUC, escape rate.",
        description = {
            "",
            "Uses the test images or rows of DATA. If DATA does not define them, those that 'hone train' held out are "
                    + "selected by the model's random seed.",
            "",
            "The escape rate is the fraction of defective parts classified as good when at most --overkill of the good "
                    + "parts are rejected. --set-threshold writes a model with that reject threshold.",
            "",
            "Examples:",
            "  hone evaluate model.onnx photos --against int8.onnx --report report.html",
            "  hone evaluate model.onnx photos --overkill 0.02 --set-threshold line.onnx",
            "  hone evaluate credit.onnx credit.csv",
            ""
        })
final class EvaluateCommand extends JobCommand<EvaluateOptions, EvaluateResult> {
    EvaluateCommand() {
        super(EvaluateJob.JOB);
    }

    @Override
    void print(EvaluateResult result) {
        print(result, result.model());
        if (result.against() != null) {
            System.out.println();
            print(result, result.against());
        }
        if (result.report() != null) {
            System.err.println("report: " + result.report().toAbsolutePath().toUri());
        }
    }

    private static void print(EvaluateResult result, ModelEvaluation model) {
        System.out.print(LineFormat.format(
                "%s on %d %s of %s (%s)%n%n",
                model.file(), model.evaluation().size(), result.unit(), result.data(), result.split()));
        System.out.print(text(model, result.unit()));
    }

    /** The confusion matrix and, below it, a line for each group of metrics. */
    private static String text(ModelEvaluation model, String unit) {
        Evaluation evaluation = model.evaluation();
        Confusion confusion = evaluation.confusion();
        List<String> labels = evaluation.labels();
        TextTable matrix = new TextTable().row(ConfusionTable.head(labels).toArray());
        for (int actual = 0; actual < labels.size(); actual++) {
            List<Object> row = new ArrayList<>(List.of(labels.get(actual)));
            for (int predicted = 0; predicted < labels.size(); predicted++) {
                row.add(confusion.count(actual, predicted));
            }
            row.addAll(ConfusionTable.metrics(confusion, actual));
            matrix.row(row.toArray());
        }
        StringBuilder text = new StringBuilder(matrix.toString());
        Confusion constant = confusion.ofLargestClass();
        TextTable shares = new TextTable()
                .row("", "share", "95 % interval", "always '" + labels.get(confusion.largestClass()) + "'");
        if (model.good() >= 0) {
            share(shares, "escape rate", confusion.escapes(model.good()), constant.escapes(model.good()));
            share(shares, "overkill", confusion.overkill(model.good()), constant.overkill(model.good()));
        }
        share(shares, "accuracy", confusion.accuracyProportion(), constant.accuracyProportion());
        text.append('\n').append(shares);
        text.append(LineFormat.format(
                "%nbalanced accuracy %s   macro F1 %s   ROC AUC %.4f%n",
                Figures.percent(confusion.balancedAccuracy()),
                Figures.percent(confusion.macroF1()),
                evaluation.rocAuc()));
        if (evaluation.decision().hasThreshold()) {
            text.append(sentence(evaluation.operatingPoint(), "the model's"));
        }
        if (model.good() >= 0) {
            text.append(sentence(model.limit().point(evaluation, model.good()), "fitted to these " + unit));
        }
        return text.toString();
    }

    private static void share(TextTable table, String name, Proportion own, Proportion constant) {
        table.row(name, own.percent(), own.interval(), constant.percent());
    }

    private static String sentence(Ranking.OperatingPoint point, String which) {
        return LineFormat.format(
                "escape rate %s at %s overkill (reject threshold %.4f, %s)%n",
                Figures.percent(point.escape()), Figures.percent(point.overkill()), point.threshold(), which);
    }
}
