package dev.hone.jobs.demo;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.jobs.evaluate.MetricsDocument;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The results of all steps.
 *
 * @param model the FP32 model on the test images, null if training was cancelled
 * @param quantized the INT8 model on the test images, null if training was cancelled
 * @param report the page, null if training was cancelled
 * @param seconds of the whole demonstration
 */
public record DemoResult(
        TrainResult training, ModelEvaluation model, ModelEvaluation quantized, Path report, double seconds)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("training", training.document());
        if (model != null) {
            document.put("model", MetricsDocument.of(model, "images"));
            document.put("quantized", MetricsDocument.of(quantized, "images"));
            document.put("bytes", ModelFiles.size(model.file()));
            document.put("quantizedBytes", ModelFiles.size(quantized.file()));
            document.put("report", report.toString());
        }
        document.put("seconds", Json.round(seconds, 1));
        return document;
    }
}
