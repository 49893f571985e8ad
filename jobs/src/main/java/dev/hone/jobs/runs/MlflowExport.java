package dev.hone.jobs.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sends runs to an MLflow server: options as parameters, curves and results as metrics, the rest as tags. */
public final class MlflowExport {
    /** Limits of MLflow's {@code log-batch}. */
    private static final int METRICS = 1000;

    private static final int PARAMETERS = 100;
    private static final int KEY = 250;
    private static final int PARAMETER = 6000;
    private static final int TAG = 5000;

    /** By which an exported run is found again. */
    private static final String ID = "hone.run";

    /** Set at the end: what was cut off by an error is sent again the next time. */
    private static final String COMPLETE = "hone.complete";

    private final MlflowServer server;
    private final String experiment;

    /** @param experiment name of the experiment, which is made if there is none */
    public MlflowExport(MlflowServer server, String experiment) {
        if (experiment.isBlank()) {
            throw new HoneException("the name of the MLflow experiment is empty");
        }
        this.server = server;
        this.experiment = experiment;
    }

    /**
     * What became of the runs.
     *
     * @param sent MLflow's ids by Hone's
     * @param known ids of runs that the server had already
     */
    public record Sent(Map<String, String> sent, List<String> known) {}

    /**
     * Sends those runs that the server does not have yet.
     *
     * @throws HoneException if no server answers, or it refuses something; a run that was begun is then marked as failed
     */
    public Sent send(List<Run> runs, Progress progress) {
        String experimentId = experimentId();
        Map<String, String> sent = new LinkedHashMap<>();
        List<String> known = new ArrayList<>();
        progress.started("sending", runs.size());
        for (Run run : runs) {
            progress.checkCancelled();
            if (isKnown(experimentId, run)) {
                known.add(run.id());
            } else {
                sent.put(run.id(), send(experimentId, run));
            }
            progress.advanced(sent.size() + known.size());
        }
        progress.finished();
        return new Sent(sent, known);
    }

    private String experimentId() {
        JsonNode found = server.get("experiments/get-by-name", "experiment_name", experiment);
        if (found.isMissingNode()) {
            return text(server.post("experiments/create", Map.of("name", experiment)), "experiment_id");
        }
        JsonNode known = found.path("experiment");
        if (known.path("lifecycle_stage").asText().equals("deleted")) {
            throw new HoneException(
                    "the MLflow experiment '" + experiment + "' is deleted; restore it, or choose another name");
        }
        return text(known, "experiment_id");
    }

    private static String text(JsonNode node, String name) {
        String text = node.path(name).asText();
        if (text.isEmpty()) {
            throw new HoneException("the MLflow server's answer has no '" + name + "'");
        }
        return text;
    }

    private boolean isKnown(String experimentId, Run run) {
        JsonNode found = server.post(
                "runs/search",
                Map.of(
                        "experiment_ids",
                        List.of(experimentId),
                        "filter",
                        "tags.`" + ID + "` = '" + run.id() + "' and tags.`" + COMPLETE + "` = 'true'",
                        "max_results",
                        1));
        return found.path("runs").size() > 0;
    }

    private String send(String experimentId, Run run) {
        Map<String, Object> create = new LinkedHashMap<>();
        create.put("experiment_id", experimentId);
        create.put("run_name", run.id());
        create.put("start_time", run.started().toEpochMilli());
        create.put("tags", pairs(tags(run), TAG));
        String id = text(server.post("runs/create", create).path("run").path("info"), "run_id");
        try {
            for (List<Map<String, Object>> part : parts(pairs(parameters(run), PARAMETER), PARAMETERS)) {
                server.post("runs/log-batch", Map.of("run_id", id, "params", part));
            }
            for (List<Map<String, Object>> part : parts(metrics(run), METRICS)) {
                server.post("runs/log-batch", Map.of("run_id", id, "metrics", part));
            }
            Map<String, Object> update = new LinkedHashMap<>();
            update.put("run_id", id);
            update.put("status", status(run.outcome()));
            if (run.outcome() != Outcome.RUNNING) {
                update.put("end_time", time(run, run.seconds()));
                server.post("runs/log-batch", Map.of("run_id", id, "tags", pairs(Map.of(COMPLETE, "true"), TAG)));
            }
            server.post("runs/update", update);
        } catch (HoneException e) {
            fail(id, e);
            throw e;
        }
        return id;
    }

    private void fail(String id, HoneException cause) {
        try {
            server.post("runs/update", Map.of("run_id", id, "status", "FAILED"));
        } catch (HoneException e) {
            cause.addSuppressed(e);
        }
    }

    private static String status(Outcome outcome) {
        return switch (outcome) {
            case RUNNING -> "RUNNING";
            case FINISHED -> "FINISHED";
            case INTERRUPTED -> "KILLED";
            case FAILED -> "FAILED";
        };
    }

    private static long time(Run run, double seconds) {
        return run.started().toEpochMilli() + Math.round(1000 * seconds);
    }

    private static Map<String, String> tags(Run run) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(ID, run.id());
        tags.put("hone.job", run.job());
        tags.put("hone.outcome", run.outcome().text());
        tags.put("hone.model", run.model().toString());
        if (run.sha256() != null) {
            tags.put("hone.sha256", run.sha256());
        }
        if (run.error() != null) {
            tags.put("hone.error", run.error());
        }
        run.versions().forEach((name, value) -> tags.put("version " + name, value));
        run.notes().forEach((name, value) -> tags.put("hone." + name, value));
        tags.put("mlflow.source.type", "LOCAL");
        tags.put("mlflow.source.name", "hone " + run.job());
        return tags;
    }

    private static Map<String, String> parameters(Run run) {
        Map<String, String> parameters = new LinkedHashMap<>();
        run.options()
                .forEach((name, value) -> parameters.put(
                        name,
                        value instanceof List<?> list
                                ? String.join(
                                        ",", list.stream().map(String::valueOf).toList())
                                : String.valueOf(value)));
        return parameters;
    }

    private static List<Map<String, Object>> metrics(Run run) {
        List<Map<String, Object>> metrics = new ArrayList<>();
        run.curves()
                .forEach((name, curve) -> curve.forEach(value -> metrics.add(
                        metric(TensorBoardExport.tag(name), value.value(), time(run, value.seconds()), value.step()))));
        run.metrics()
                .forEach((name, value) -> metrics.add(metric("result/" + name, value, time(run, run.seconds()), 0)));
        return metrics;
    }

    private static Map<String, Object> metric(String name, double value, long time, long step) {
        Map<String, Object> metric = new LinkedHashMap<>();
        metric.put("key", key(name));
        metric.put("value", value);
        metric.put("timestamp", time);
        metric.put("step", step);
        return metric;
    }

    /** Letters, digits, and what else MLflow takes in names. */
    private static String key(String name) {
        String taken = name.replaceAll("[^\\p{Alnum}_.\\-/ ]", "_");
        return taken.length() <= KEY ? taken : taken.substring(0, KEY);
    }

    private static List<Map<String, Object>> pairs(Map<String, String> values, int longest) {
        List<Map<String, Object>> pairs = new ArrayList<>();
        values.forEach((name, value) -> pairs.add(
                Map.of("key", key(name), "value", value.length() <= longest ? value : value.substring(0, longest))));
        return pairs;
    }

    private static <T> List<List<T>> parts(List<T> all, int most) {
        List<List<T>> parts = new ArrayList<>();
        for (int i = 0; i < all.size(); i += most) {
            parts.add(all.subList(i, Math.min(all.size(), i + most)));
        }
        return parts;
    }
}
