package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.Json;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Ranking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model did on labelled images, as text, as JSON, and as the rows of a table.
 *
 * @param file the model
 * @param good index of the class without a defect, or -1
 * @param limit what the escape rate is given for
 */
record Summary(Path file, Evaluation evaluation, int good, LimitOption limit) {
    /** Heads of the confusion matrix with each class's measures behind it. */
    static List<String> head(List<String> labels) {
        List<String> head = new ArrayList<>(List.of("true \\ verdict"));
        head.addAll(labels);
        head.addAll(List.of("precision", "recall", "F1"));
        return head;
    }

    /** Precision, recall and F1 of a class as they stand behind its row. */
    static List<String> measures(Confusion confusion, int c) {
        return List.of(
                Figures.percent(confusion.precision(c)),
                Figures.percent(confusion.recall(c)),
                Figures.percent(confusion.f1(c)));
    }

    Map<String, Object> document() {
        Confusion confusion = evaluation.confusion();
        List<String> labels = evaluation.labels();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", file.toString());
        map.put("images", evaluation.size());
        map.put("accuracy", Json.round(confusion.accuracy(), 6));
        map.put("balancedAccuracy", Json.round(confusion.balancedAccuracy(), 6));
        map.put("macroF1", Json.round(confusion.macroF1(), 6));
        map.put("rocAuc", Json.round(evaluation.rocAuc(), 6));
        map.put("logLoss", Json.round(evaluation.logLoss(), 6));
        if (good >= 0) {
            Ranking.OperatingPoint point = limit.point(evaluation, good);
            map.put("goodClass", labels.get(good));
            map.put("escapeRate", Json.round(point.escape(), 6));
            map.put("overkill", Json.round(point.overkill(), 6));
            map.put("defectThreshold", Json.round(point.threshold(), 6));
        }
        if (evaluation.decision().hasThreshold()) {
            Ranking.OperatingPoint point = evaluation.operatingPoint();
            Map<String, Object> own = new LinkedHashMap<>();
            own.put("value", point.threshold());
            own.put("overkill", Json.round(point.overkill(), 6));
            own.put("escapeRate", Json.round(point.escape(), 6));
            map.put("threshold", own);
        }
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("class", labels.get(c));
            row.put("precision", Json.round(confusion.precision(c), 6));
            row.put("recall", Json.round(confusion.recall(c), 6));
            row.put("f1", Json.round(confusion.f1(c), 6));
            row.put("images", confusion.support(c));
            classes.add(row);
        }
        map.put("classes", classes);
        List<List<Long>> matrix = new ArrayList<>();
        for (int t = 0; t < labels.size(); t++) {
            List<Long> row = new ArrayList<>();
            for (int p = 0; p < labels.size(); p++) {
                row.add(confusion.count(t, p));
            }
            matrix.add(row);
        }
        map.put("confusion", matrix);
        return map;
    }

    /** The confusion matrix and, below it, a line of figures each. */
    String text() {
        Confusion confusion = evaluation.confusion();
        List<String> labels = evaluation.labels();
        TextTable matrix = new TextTable().row(head(labels).toArray());
        for (int t = 0; t < labels.size(); t++) {
            List<Object> row = new ArrayList<>(List.of(labels.get(t)));
            for (int p = 0; p < labels.size(); p++) {
                row.add(confusion.count(t, p));
            }
            row.addAll(measures(confusion, t));
            matrix.row(row.toArray());
        }
        StringBuilder text = new StringBuilder(matrix.toString());
        text.append(String.format(
                Locale.ROOT,
                "%naccuracy %s   balanced accuracy %s   macro F1 %s   ROC AUC %.4f%n",
                Figures.percent(confusion.accuracy()),
                Figures.percent(confusion.balancedAccuracy()),
                Figures.percent(confusion.macroF1()),
                evaluation.rocAuc()));
        if (evaluation.decision().hasThreshold()) {
            text.append(
                    sentence(evaluation.operatingPoint(), evaluation.decision().good(), "the model's"));
        }
        if (good >= 0) {
            text.append(sentence(limit.point(evaluation, good), good, "fitted to these images"));
        }
        return text.toString();
    }

    private String sentence(Ranking.OperatingPoint point, int goodClass, String which) {
        return String.format(
                Locale.ROOT,
                "escapes %s of the defective parts when %s of the '%s' ones are rejected (threshold %.4f, %s)%n",
                Figures.percent(point.escape()),
                Figures.percent(point.overkill()),
                evaluation.labels().get(goodClass),
                point.threshold(),
                which);
    }
}
