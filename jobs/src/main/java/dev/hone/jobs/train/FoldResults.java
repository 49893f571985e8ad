package dev.hone.jobs.train;

import dev.hone.jobs.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Metrics of the models of a cross-validation, each on the validation part of its fold.
 *
 * @param folds in order
 * @param then what was made of the models
 * @param best number of the best fold, from 1
 * @param predictions CSV of what each image was predicted to be by the model that did not learn from it
 */
public record FoldResults(List<Fold> folds, FoldOptions.Then then, int best, Path predictions) {
    /**
     * One fold.
     *
     * @param number from 1
     * @param images in the validation part
     * @param metrics by name: {@code accuracy}, {@code macroF1}, {@code rocAuc}, {@code logLoss} and, where a class is the
     *     good one, {@code escapeRate} and {@code overkill} of the most probable class
     */
    public record Fold(int number, int images, Map<String, Double> metrics) {}

    /** Names of the metrics, in the order in which they are shown. */
    public List<String> metrics() {
        return List.copyOf(folds.get(0).metrics().keySet());
    }

    private double[] values(String metric) {
        return folds.stream()
                .mapToDouble(f -> f.metrics().get(metric))
                .filter(Double::isFinite)
                .toArray();
    }

    /** The mean over the folds, of those in which the metric is defined. */
    public double mean(String metric) {
        double sum = 0;
        double[] values = values(metric);
        for (double v : values) {
            sum += v;
        }
        return values.length == 0 ? Double.NaN : sum / values.length;
    }

    /** The standard deviation over the folds, with N - 1. */
    public double deviation(String metric) {
        double[] values = values(metric);
        double mean = mean(metric);
        double sum = 0;
        for (double v : values) {
            sum += (v - mean) * (v - mean);
        }
        return values.length < 2 ? Double.NaN : Math.sqrt(sum / (values.length - 1));
    }

    /** Mean and deviation of the macro F1, in one line. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "macro F1 %.4f +/- %.4f over %d folds",
                mean(FoldMetrics.MACRO_F1),
                deviation(FoldMetrics.MACRO_F1),
                folds.size());
    }

    Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("then", then.name().toLowerCase(Locale.ROOT));
        map.put("best", best);
        map.put("predictions", predictions.toString());
        List<Object> each = new ArrayList<>();
        for (Fold fold : folds) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("fold", fold.number());
            entry.put("images", fold.images());
            fold.metrics().forEach((name, value) -> entry.put(name, Json.round(value, 6)));
            each.add(entry);
        }
        map.put("folds", each);
        Map<String, Object> means = new LinkedHashMap<>();
        Map<String, Object> deviations = new LinkedHashMap<>();
        for (String metric : metrics()) {
            means.put(metric, Json.round(mean(metric), 6));
            deviations.put(metric, Json.round(deviation(metric), 6));
        }
        map.put("mean", means);
        map.put("deviation", deviations);
        return map;
    }
}
