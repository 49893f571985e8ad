package dev.hone.jobs.evaluate;

import dev.hone.jobs.Json;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Calibration;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Interval;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics of one model as a document: what an inspection line asks for first. */
public final class MetricsDocument {
    private MetricsDocument() {}

    /** @param unit what samples are: images or rows */
    public static Map<String, Object> of(ModelEvaluation model, String unit) {
        Evaluation evaluation = model.evaluation();
        Metrics metrics = model.metrics();
        Confusion confusion = metrics.confusion();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", model.file().toString());
        map.put(unit, evaluation.size());
        if (model.good() >= 0) {
            map.put("goodClass", evaluation.labels().get(model.good()));
        }
        if (evaluation.decision().hasThreshold()) {
            map.put("threshold", threshold(evaluation.operatingPoint()));
        }
        map.put("decisions", decisions(metrics));
        map.put("largestClass", metrics.largestClass());
        map.put("macroF1", Json.round(confusion.macroF1(), 6));
        map.put("macroF1Interval95", ends(metrics.intervals().macroF1()));
        map.put("largestClassMacroF1", Json.round(metrics.constant().macroF1(), 6));
        map.put("rocAuc", Json.round(metrics.rocAuc(), 6));
        map.put("rocAucInterval95", ends(metrics.intervals().rocAuc()));
        map.put("averagePrecision", Json.round(metrics.averagePrecision(), 6));
        map.put("accuracy", Json.round(confusion.accuracy(), 6));
        map.put("largestClassAccuracy", Json.round(metrics.constant().accuracy(), 6));
        map.put("balancedAccuracy", Json.round(confusion.balancedAccuracy(), 6));
        map.put("balancedAccuracyInterval95", ends(metrics.intervals().balancedAccuracy()));
        map.put("logLoss", Json.round(metrics.logLoss(), 6));
        map.put("calibration", calibration(metrics.calibration(), unit));
        if (model.good() >= 0 && evaluation.size() > 0) {
            map.put("fitted", fitted(model));
        }
        map.put("classes", classes(evaluation.labels(), confusion, unit));
        map.put("confusion", matrix(evaluation.labels().size(), confusion));
        return map;
    }

    private static Map<String, Object> threshold(Ranking.OperatingPoint point) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("value", Double.isFinite(point.threshold()) ? point.threshold() : null);
        map.put("escapeRate", Json.round(point.escape(), 6));
        map.put("overkill", Json.round(point.overkill(), 6));
        return map;
    }

    /** What the model's own decisions give, beside always predicting the largest class. */
    private static Map<String, Object> decisions(Metrics metrics) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (metrics.good() >= 0) {
            map.put("escapeRate", share(metrics.escapes(), metrics.constant().escapes(metrics.good())));
            map.put("overkill", share(metrics.overkill(), metrics.constant().overkill(metrics.good())));
        }
        map.put(
                "accuracy",
                share(
                        metrics.confusion().accuracyProportion(),
                        metrics.constant().accuracyProportion()));
        return map;
    }

    /** With a 95 % score interval (Wilson). */
    private static Map<String, Object> share(Proportion own, Proportion constant) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", own.count());
        map.put("of", own.total());
        map.put("share", Json.round(own.share(), 6));
        map.put("interval95", ends(own));
        map.put("largestClass", Json.round(constant.share(), 6));
        return map;
    }

    /** The interval of a share. */
    static List<Double> ends(Proportion share) {
        return Arrays.asList(Json.round(share.low(), 6), Json.round(share.high(), 6));
    }

    private static List<Double> ends(Interval interval) {
        return Arrays.asList(Json.round(interval.low(), 6), Json.round(interval.high(), 6));
    }

    private static Map<String, Object> calibration(Calibration calibration, String unit) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ece", Json.round(calibration.error(), 6));
        map.put("eceByChance", Json.round(calibration.chance(), 6));
        map.put("bias", Json.round(calibration.bias(), 6));
        map.put("binning", calibration.binning());
        List<Map<String, Object>> bins = new ArrayList<>();
        for (Calibration.Bin bin : calibration.bins()) {
            if (bin.count() > 0) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("low", Json.round(bin.low(), 6));
                row.put("high", Json.round(bin.high(), 6));
                row.put(unit, bin.count());
                row.put("probability", Json.round(bin.probability(), 6));
                row.put("accuracy", Json.round(bin.accuracy(), 6));
                bins.add(row);
            }
        }
        map.put("bins", bins);
        return map;
    }

    /** The threshold that would do best on these samples themselves. */
    private static Map<String, Object> fitted(ModelEvaluation model) {
        Ranking.OperatingPoint point = model.rule().point(model.evaluation(), model.good());
        Map<String, Object> map = threshold(point);
        map.put("rule", model.rule().toString());
        if (model.rule() instanceof CostRule costs) {
            double share = costs.share(model.evaluation(), model.good());
            map.put("costPerPart", Json.round(costs.of(point, share), 6));
        }
        return map;
    }

    private static List<Map<String, Object>> classes(List<String> labels, Confusion confusion, String unit) {
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("class", labels.get(c));
            row.put("precision", Json.round(confusion.precision(c), 6));
            row.put("recall", Json.round(confusion.recall(c), 6));
            row.put("recallInterval95", ends(confusion.recallProportion(c)));
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
