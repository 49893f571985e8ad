package dev.hone.model;

import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.ThresholdRule;
import java.nio.file.Path;

/**
 * What a model did on labelled samples.
 *
 * @param file the model
 * @param rule how a threshold is fitted
 * @param metrics of the evaluation
 */
public record ModelEvaluation(Path file, Evaluation evaluation, ThresholdRule rule, Metrics metrics) {
    /** @param good index of the class without a defect, or -1 */
    public ModelEvaluation(Path file, Evaluation evaluation, int good, ThresholdRule rule) {
        this(file, evaluation, rule, Metrics.of(evaluation, good));
    }

    /** Index of the class without a defect, or -1. */
    public int good() {
        return metrics.good();
    }

    /** The file's own name. */
    public String name() {
        return file.getFileName().toString();
    }
}
