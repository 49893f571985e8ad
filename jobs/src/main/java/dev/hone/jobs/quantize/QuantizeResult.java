package dev.hone.jobs.quantize;

import dev.hone.compress.Accuracy;
import dev.hone.compress.CompressionReport;
import dev.hone.compress.LayerSensitivity;
import dev.hone.core.text.Figures;
import dev.hone.jobs.Job;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A quantized model.
 *
 * @param bytes of the file and the tensors beside it
 * @param originalBytes of the model that was quantized
 * @param page the page that was written, or null
 */
public record QuantizeResult(
        Path file, long bytes, long originalBytes, String method, CompressionReport report, Path page)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("bytes", bytes);
        document.put("originalBytes", originalBytes);
        document.put("method", method);
        document.put("summary", report.summary());
        document.putAll(report.details());
        document.put("kept", report.kept());
        if (report.accuracy() != null) {
            document.put("accuracy", document(report.accuracy()));
        }
        return document;
    }

    private static Map<String, Object> document(Accuracy accuracy) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("original", Figures.round(accuracy.original(), 4));
        map.put("before", Figures.round(accuracy.before(), 4));
        map.put("points", Figures.round(accuracy.points(), 4));
        map.put("maxDrop", accuracy.maxDrop());
        map.put("met", accuracy.isMet());
        map.put("evaluations", accuracy.evaluations());
        map.put(
                "fallback",
                accuracy.fallback().stream().map(QuantizeResult::document).toList());
        return map;
    }

    private static Map<String, Object> document(LayerSensitivity layer) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("layer", layer.layer());
        map.put("decibels", Figures.round(layer.decibels(), 2));
        if (!Double.isNaN(layer.lost())) {
            map.put("pointsLost", Figures.round(layer.lost(), 4));
        }
        return map;
    }
}
