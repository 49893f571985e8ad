package dev.hone.cli;

import dev.hone.jobs.train.FoldOptions;
import dev.hone.jobs.train.FoldResults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The table of a cross-validation. */
final class FoldsText {
    private static final Map<String, String> NAMES = Map.of(
            "escapeRate", "escape rate",
            "overkill", "overkill",
            "macroF1", "macro F1",
            "rocAuc", "ROC AUC",
            "accuracy", "accuracy",
            "logLoss", "log loss");

    private FoldsText() {}

    static String of(Path model, FoldResults results) {
        TextTable table = new TextTable();
        List<Object> header = new ArrayList<>(List.of("fold", "images"));
        results.metrics().forEach(metric -> header.add(NAMES.get(metric)));
        table.row(header.toArray());
        for (FoldResults.Fold fold : results.folds()) {
            row(table, results, fold.number(), fold.images(), metric -> fold.metrics()
                    .get(metric));
        }
        row(table, results, "mean", "", results::mean);
        row(table, results, "deviation", "", results::deviation);
        return table + model.toString() + ": " + made(results) + "; predictions for images not learned from in "
                + results.predictions() + System.lineSeparator();
    }

    private static void row(
            TextTable table, FoldResults results, Object name, Object images, ToDoubleFunction<String> value) {
        List<Object> cells = new ArrayList<>(List.of(name, images));
        for (String metric : results.metrics()) {
            double v = value.applyAsDouble(metric);
            cells.add(Double.isNaN(v) ? "-" : LineFormat.format("%.4f", v));
        }
        table.row(cells.toArray());
    }

    private static String made(FoldResults results) {
        return results.then() == FoldOptions.Then.BEST
                ? "the model of fold " + results.best()
                : results.then() == FoldOptions.Then.DISTIL
                        ? "one network distilled from the ensemble of "
                                + results.folds().size()
                        : "the ensemble of " + results.folds().size() + " models";
    }
}
