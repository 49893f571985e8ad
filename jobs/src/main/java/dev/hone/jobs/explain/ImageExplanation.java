package dev.hone.jobs.explain;

import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.quality.MapAgreement;
import dev.hone.jobs.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The explanation of one class for one image; the attributions themselves are in its files.
 *
 * @param image that is explained
 * @param map the heat map that was written
 * @param predicted label of the predicted class
 * @param probability of the predicted class
 * @param explained label of the explained class
 * @param contrast label of the contrast class, or null
 * @param score logit of the explained class, its margin over the contrast class, or its probability where the model's output is
 *     not taken from a softmax or sigmoid
 * @param expected its mean over the baselines; NaN where the method knows none
 * @param additivityError see {@link Explanation#additivityError()}
 * @param relativeError sampling error of the attribution map, see {@link Explanation#relativeError()}
 * @param note why the map is zero; empty where it is not
 * @param samples gradients, or runs of the model
 * @param samplesPerSecond samples by their wall time
 * @param groups those with the largest attributions; null where pixels are explained
 * @param against the reference model's explanation, or null
 * @param values the .npz that was written, or null
 */
public record ImageExplanation(
        Path image,
        Path map,
        String predicted,
        float probability,
        String explained,
        String contrast,
        Method method,
        float score,
        float expected,
        double additivityError,
        double relativeError,
        String note,
        int samples,
        long seed,
        double samplesPerSecond,
        List<GroupAttribution> groups,
        Comparison against,
        Path values) {
    /**
     * What a reference model says of the same image and class.
     *
     * @param predicted label of its predicted class
     * @param probability of that class
     * @param score of the explained class, as the other model's
     * @param agreement of the two maps as they are shown
     */
    public record Comparison(Path model, String predicted, float probability, float score, MapAgreement agreement) {
        private Map<String, Object> document() {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("model", model.toString());
            entry.put("predicted", predicted);
            entry.put("probability", Json.round(probability, 6));
            entry.put("score", score);
            entry.put("rankCorrelation", Json.round(agreement.rankCorrelation(), 6));
            entry.put("relativeDifference", Json.round(agreement.relativeDifference(), 6));
            entry.put("samePrediction", agreement.samePrediction() == 1);
            return entry;
        }
    }

    /** As JSON. */
    public Map<String, Object> document() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("image", image.toString());
        line.put("map", map.toString());
        line.put("predicted", predicted);
        line.put("probability", Json.round(probability, 6));
        line.put("explained", explained);
        if (contrast != null) {
            line.put("contrast", contrast);
        }
        line.put("method", method.label());
        line.put("score", score);
        if (!Float.isNaN(expected)) {
            line.put("expected", expected);
            line.put("additivityError", Json.round(additivityError, 6));
        }
        if (!Double.isNaN(relativeError)) {
            line.put("relativeError", Json.round(relativeError, 6));
        }
        if (!note.isEmpty()) {
            line.put("zero", note);
        }
        line.put("samples", samples);
        line.put("seed", seed);
        line.put("gradientsPerSecond", Json.round(samplesPerSecond, 1));
        if (groups != null) {
            line.put("groups", GroupAttribution.documents(groups));
        }
        if (against != null) {
            line.put("against", against.document());
        }
        if (values != null) {
            line.put("values", values.toString());
        }
        return line;
    }
}
