package dev.hone.jobs.runs;

import dev.hone.jobs.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as a list shows it.
 *
 * @param macroF1 0 to 1, NaN if there is none: on validation data for training, on the evaluated data for an evaluation
 * @param escapeRate 0 to 1, NaN if there is none: of the run, or of the newest evaluation of the very file that it made
 */
public record RunSummary(
        String id,
        Instant started,
        String job,
        String data,
        String network,
        double seconds,
        double macroF1,
        double escapeRate,
        Outcome outcome,
        String model) {

    /** All runs of a history, in its order. */
    public static List<RunSummary> of(RunHistory history) {
        return history.runs().stream()
                .map(run -> new RunSummary(
                        run.id(),
                        run.started(),
                        run.job(),
                        run.data(),
                        run.network(),
                        run.seconds(),
                        run.macroF1(),
                        Double.isNaN(run.escapeRate())
                                ? history.evaluationOf(run).map(Run::escapeRate).orElse(Double.NaN)
                                : run.escapeRate(),
                        run.outcome(),
                        run.model().toString()))
                .toList();
    }

    /** For programs. */
    public Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("started", started.toString());
        map.put("job", job);
        map.put("data", data);
        map.put("network", network);
        map.put("seconds", Json.round(seconds, 1));
        map.put("macroF1", Json.round(macroF1, 6));
        map.put("escapeRate", Json.round(escapeRate, 6));
        map.put("outcome", outcome.text());
        map.put("model", model);
        return map;
    }
}
