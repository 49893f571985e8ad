package dev.hone.jobs.evaluate;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What models did on labelled data.
 *
 * @param data where the samples are from
 * @param unit what samples are: images or rows
 * @param split which of them, as it was asked for
 * @param model the model, or its copy with a threshold
 * @param chosen the threshold that was chosen, or null
 * @param against the second model, or null
 * @param report the page that was written, or null
 */
public record EvaluateResult(
        Path data,
        String unit,
        String split,
        ModelEvaluation model,
        ThresholdChoice chosen,
        ModelEvaluation against,
        Path report)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", document(model, unit));
        if (chosen != null) {
            document.put("chosen", chosen.document());
        }
        if (against != null) {
            document.put("against", document(against, unit));
        }
        return document;
    }

    /** The metrics of one model. */
    public static Map<String, Object> document(ModelEvaluation model, String unit) {
        Evaluation evaluation = model.evaluation();
        Confusion confusion = evaluation.confusion();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", model.file().toString());
        map.put(unit, evaluation.size());
        Map<String, Object> intervals = new LinkedHashMap<>();
        if (model.good() >= 0) {
            intervals.put("escapeRate", interval(confusion.escapes(model.good())));
            intervals.put("overkill", interval(confusion.overkill(model.good())));
        }
        intervals.put("accuracy", interval(confusion.accuracyProportion()));
        map.put("decisions", intervals);
        map.put("largestClass", evaluation.labels().get(confusion.largestClass()));
        map.put("largestClassAccuracy", Json.round(confusion.ofLargestClass().accuracy(), 6));
        map.put("accuracy", Json.round(confusion.accuracy(), 6));
        map.put("balancedAccuracy", Json.round(confusion.balancedAccuracy(), 6));
        map.put("macroF1", Json.round(confusion.macroF1(), 6));
        map.put("rocAuc", Json.round(evaluation.rocAuc(), 6));
        map.put("logLoss", Json.round(evaluation.logLoss(), 6));
        if (model.good() >= 0) {
            Ranking.OperatingPoint point = model.limit().point(evaluation, model.good());
            map.put("goodClass", evaluation.labels().get(model.good()));
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
        map.put("classes", classes(evaluation.labels(), confusion, unit));
        map.put("confusion", matrix(evaluation.labels().size(), confusion));
        return map;
    }

    /** What the model's own decisions give, with a 95 % score interval (Wilson). */
    private static Map<String, Object> interval(Proportion share) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", share.count());
        map.put("of", share.total());
        map.put("share", Json.round(share.share(), 6));
        map.put("interval95", Arrays.asList(Json.round(share.low(), 6), Json.round(share.high(), 6)));
        return map;
    }

    private static List<Map<String, Object>> classes(List<String> labels, Confusion confusion, String unit) {
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("class", labels.get(c));
            row.put("precision", Json.round(confusion.precision(c), 6));
            row.put("recall", Json.round(confusion.recall(c), 6));
            row.put("f1", Json.round(confusion.f1(c), 6));
            row.put(unit, confusion.support(c));
            classes.add(row);
        }
        return classes;
    }

    private static List<List<Long>> matrix(int classes, Confusion confusion) {
        List<List<Long>> matrix = new ArrayList<>();
        for (int actual = 0; actual < classes; actual++) {
            List<Long> row = new ArrayList<>();
            for (int predicted = 0; predicted < classes; predicted++) {
                row.add(confusion.count(actual, predicted));
            }
            matrix.add(row);
        }
        return matrix;
    }
}
