package dev.hone.jobs.evaluate;

import dev.hone.jobs.Job;
import dev.hone.model.ModelEvaluation;
import java.nio.file.Path;
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
 * @param cautions what a reader should know before trusting the metrics, in sentences
 * @param report the page that was written, or null
 * @param errors where the misclassified samples were written, or null
 */
public record EvaluateResult(
        Path data,
        String unit,
        String split,
        ModelEvaluation model,
        ThresholdChoice chosen,
        ModelEvaluation against,
        List<String> cautions,
        Path report,
        ErrorFiles errors)
        implements Job.Result {

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", MetricsDocument.of(model, unit));
        if (chosen != null) {
            document.put("chosen", chosen.document());
        }
        if (against != null) {
            document.put("against", MetricsDocument.of(against, unit));
        }
        document.put("cautions", cautions);
        if (errors != null) {
            document.put("errors", errors.csv().toString());
        }
        return document;
    }
}
