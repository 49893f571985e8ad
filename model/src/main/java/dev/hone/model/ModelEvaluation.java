package dev.hone.model;

import dev.hone.model.metric.ErrorLimit;
import dev.hone.model.metric.Evaluation;
import java.nio.file.Path;

/**
 * What a model did on labelled samples.
 *
 * @param file the model
 * @param good index of the class without a defect, or -1
 * @param limit what the escape rate is given for
 */
public record ModelEvaluation(Path file, Evaluation evaluation, int good, ErrorLimit limit) {
    /** The file's own name. */
    public String name() {
        return file.getFileName().toString();
    }
}
