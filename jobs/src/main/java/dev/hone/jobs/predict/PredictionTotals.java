package dev.hone.jobs.predict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts predictions. */
final class PredictionTotals {
    private final long start = System.nanoTime();
    private final Map<String, Long> classes = new LinkedHashMap<>();
    private long failed;

    void add(PredictResult.Line line) {
        if (line.error() != null) {
            failed++;
        } else {
            classes.merge(line.prediction().label(), 1L, Long::sum);
        }
    }

    PredictResult.Totals totals() {
        return new PredictResult.Totals(
                failed, Collections.unmodifiableMap(new LinkedHashMap<>(classes)), (System.nanoTime() - start) / 1e9);
    }
}
