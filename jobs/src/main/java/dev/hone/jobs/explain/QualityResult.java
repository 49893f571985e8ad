package dev.hone.jobs.explain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The quality of explanations of the test images of a data set.
 *
 * @param images how many were explained
 * @param contrast label of the contrast class, or null
 * @param table by method and metric
 */
public record QualityResult(Path model, Path data, int images, long seed, String contrast, QualityTable table)
        implements ExplainResult {
    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model.toString());
        document.put("data", data.toString());
        document.put("images", images);
        document.put("seed", seed);
        if (contrast != null) {
            document.put("contrast", contrast);
        }
        Map<String, String> meanings = new LinkedHashMap<>();
        table.metrics().forEach(m -> meanings.put(m.key(), m.meaning()));
        document.put("measures", meanings);
        document.putAll(table.document());
        return document;
    }
}
