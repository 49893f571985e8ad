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
 * @param tooShort what kept training from seeing enough images, null if it saw enough or was cancelled
 * @param model the FP32 model on the test images, null if training was cancelled
 * @param quantized the INT8 model on the test images, null if training was cancelled
 * @param report the page, null if training was cancelled
 * @param seconds of the whole demonstration
 */
public record DemoResult(
        TrainResult training,
        ShortTraining tooShort,
        ModelEvaluation model,
        ModelEvaluation quantized,
        Path report,
        double seconds)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("training", training.document());
        if (tooShort != null) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("images", tooShort.images());
            map.put("imagesNeeded", ShortTraining.ENOUGH);
            map.put("minutesNeeded", tooShort.minutesNeeded());
            map.put("busy", tooShort.busy());
            map.put("processorShare", Json.round(tooShort.share(), 2));
            document.put("tooShort", map);
        }
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
