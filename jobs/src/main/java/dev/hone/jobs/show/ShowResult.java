package dev.hone.jobs.show;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.model.ClassScores;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in a model.
 *
 * @param bytes of the file and of the tensors that lie outside of it
 * @param opset of the file as it is
 * @param scores what the scores of a classifier mean; null for other models
 * @param parameters NaN where a shape is not known
 * @param macs for one sample, NaN where a shape is not known
 * @param operators how many nodes each has
 * @param nodes null unless asked for
 * @param weights null unless asked for
 */
public record ShowResult(
        Path file,
        long bytes,
        long opset,
        String producer,
        List<String> inputs,
        List<String> outputs,
        ClassScores scores,
        double parameters,
        double macs,
        Map<String, Long> operators,
        Map<String, String> metadata,
        List<NodeLine> nodes,
        List<Weight> weights)
        implements Job.Result {

    /** One node; its outputs with their shapes, its MACs perhaps with symbols. */
    public record NodeLine(String name, String operator, List<String> outputs, String macs) {}

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("bytes", bytes);
        document.put("opset", opset);
        document.put("producer", producer);
        document.put("inputs", inputs);
        document.put("outputs", outputs);
        if (scores != null) {
            document.put(
                    "scores",
                    Map.of(
                            "output", scores.output(),
                            "meaning", scores.meaning().label(),
                            "reason", scores.reason()));
        }
        document.put("parameters", parameters);
        document.put("macs", Json.count(macs));
        document.put("operators", operators);
        document.put("metadata", metadata);
        if (nodes != null) {
            document.put("nodes", nodes);
        }
        if (weights != null) {
            document.put("weights", weights);
        }
        return document;
    }
}
