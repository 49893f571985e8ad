package dev.hone.jobs.train;

import dev.hone.model.metric.Evaluation;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is measured of the model of a fold. */
final class FoldMetrics {
    static final String MACRO_F1 = "macroF1";

    private FoldMetrics() {}

    /** @param good index of the class without a defect, -1 if there is none */
    static Map<String, Double> of(Evaluation evaluation, int good) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (good >= 0) {
            int[] predicted = evaluation.predicted();
            int[] of = new int[2];
            int[] wrong = new int[2];
            for (int i = 0; i < predicted.length; i++) {
                int defective = evaluation.truth()[i] == good ? 0 : 1;
                of[defective]++;
                wrong[defective] += (predicted[i] == good) == (defective == 1) ? 1 : 0;
            }
            metrics.put("escapeRate", of[1] == 0 ? Double.NaN : (double) wrong[1] / of[1]);
            metrics.put("overkill", of[0] == 0 ? Double.NaN : (double) wrong[0] / of[0]);
        }
        metrics.put(MACRO_F1, evaluation.confusion().macroF1());
        metrics.put("rocAuc", evaluation.rocAuc());
        metrics.put("accuracy", evaluation.confusion().accuracy());
        metrics.put("logLoss", evaluation.logLoss());
        return metrics;
    }
}
