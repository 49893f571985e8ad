package dev.hone.jobs.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tracking server that takes nothing but what MLflow's published REST interface (2.0) describes: methods, paths, fields,
 * their types, names, lengths and numbers, and answers as it does.
 */
final class StubMlflow implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[/\\w.\\- ]+");
    private static final Pattern FILTER =
            Pattern.compile("tags\\.`([^`]+)` = '([^']*)' and tags\\.`([^`]+)` = '([^']*)'");
    private static final Set<String> STATUS = Set.of("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED");
    private static final int MOST_BYTES = 1_000_000;

    /** A run as the server has it. */
    static final class Stored {
        String experiment;
        String name;
        String status = "RUNNING";
        long start;
        long end;
        final Map<String, String> parameters = new LinkedHashMap<>();
        final Map<String, String> tags = new LinkedHashMap<>();
        final Map<String, List<double[]>> metrics = new LinkedHashMap<>();
    }

    /** An answer that is an error. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        Refusal(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    final Map<String, Stored> runs = new LinkedHashMap<>();
    final Map<String, String> experiments = new LinkedHashMap<>();
    final List<String> calls = new ArrayList<>();
    final Set<String> deleted = new HashSet<>();
    String authorization;
    int failBatch = -1;
    private int batches;
    private final HttpServer server;

    StubMlflow() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        Object body;
        try {
            body = handle(exchange);
        } catch (Refusal e) {
            status = e.status;
            body = Map.of("error_code", e.code, "message", e.getMessage());
        }
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Refusal invalid(String message) {
        return new Refusal(400, "INVALID_PARAMETER_VALUE", message);
    }

    private static Refusal missing(String message) {
        return new Refusal(404, "RESOURCE_DOES_NOT_EXIST", message);
    }

    private Object handle(HttpExchange exchange) throws IOException {
        String call =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        calls.add(call);
        if (authorization != null
                && !authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            throw new Refusal(401, "UNAUTHENTICATED", "no");
        }
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        if (call.equals("GET /api/2.0/mlflow/experiments/get-by-name")) {
            String query = exchange.getRequestURI().getRawQuery();
            if (!query.startsWith("experiment_name=")) {
                throw invalid("Missing value for required parameter 'experiment_name'");
            }
            return byName(URLDecoder.decode(query.substring(16), StandardCharsets.UTF_8));
        }
        if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            throw invalid("Bad Request. Content-Type must be 'application/json'");
        }
        JsonNode body;
        try {
            body = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw invalid("malformed JSON");
        }
        return switch (call) {
            case "POST /api/2.0/mlflow/experiments/create" -> createExperiment(body);
            case "POST /api/2.0/mlflow/runs/create" -> createRun(body);
            case "POST /api/2.0/mlflow/runs/search" -> search(body);
            case "POST /api/2.0/mlflow/runs/log-batch" -> logBatch(body, bytes.length);
            case "POST /api/2.0/mlflow/runs/update" -> update(body);
            default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND", call);
        };
    }

    private static void only(JsonNode body, String... names) {
        body.fieldNames().forEachRemaining(name -> {
            if (!List.of(names).contains(name)) {
                throw invalid("no field " + name);
            }
        });
    }

    private static String text(JsonNode body, String name) {
        if (!body.path(name).isTextual() || body.path(name).asText().isEmpty()) {
            throw invalid("Missing value for required parameter '" + name + "'");
        }
        return body.path(name).asText();
    }

    private static long time(JsonNode body, String name) {
        if (!body.path(name).isIntegralNumber() || body.path(name).asLong() < 0) {
            throw invalid(name + " is not a time in milliseconds");
        }
        return body.path(name).asLong();
    }

    private Object byName(String name) {
        String id = experiments.get(name);
        if (id == null) {
            throw missing("Could not find experiment with name '" + name + "'");
        }
        return Map.of(
                "experiment",
                Map.of(
                        "experiment_id",
                        id,
                        "name",
                        name,
                        "lifecycle_stage",
                        deleted.contains(name) ? "deleted" : "active"));
    }

    private Object createExperiment(JsonNode body) {
        only(body, "name", "artifact_location", "tags");
        String name = text(body, "name");
        if (experiments.containsKey(name)) {
            throw new Refusal(400, "RESOURCE_ALREADY_EXISTS", name);
        }
        experiments.put(name, Integer.toString(1 + experiments.size()));
        return Map.of("experiment_id", experiments.get(name));
    }

    private Object createRun(JsonNode body) {
        only(body, "experiment_id", "user_id", "run_name", "start_time", "tags");
        Stored run = new Stored();
        run.experiment = text(body, "experiment_id");
        if (!experiments.containsValue(run.experiment)) {
            throw missing("No Experiment with id=" + run.experiment);
        }
        run.name = text(body, "run_name");
        run.start = time(body, "start_time");
        tags(run, body.path("tags"), 100);
        String id = String.format("%032x", runs.size() + 0xbeef);
        runs.put(id, run);
        return Map.of("run", Map.of("info", Map.of("run_id", id, "status", run.status), "data", Map.of()));
    }

    private Stored run(JsonNode body) {
        Stored run = runs.get(text(body, "run_id"));
        if (run == null) {
            throw missing("Run not found");
        }
        return run;
    }

    private static String name(JsonNode pair) {
        String name = text(pair, "key");
        if (!NAME.matcher(name).matches()
                || name.length() > 250
                || !java.nio.file.Path.of(name).normalize().toString().equals(name)
                || name.startsWith("/")
                || name.startsWith("..")) {
            throw invalid("Invalid name: '" + name + "'");
        }
        return name;
    }

    private static String value(JsonNode pair, int longest) {
        if (!pair.path("value").isTextual() || pair.path("value").asText().length() > longest) {
            throw invalid("value of " + pair.path("key"));
        }
        return pair.path("value").asText();
    }

    private static void tags(Stored run, JsonNode tags, int most) {
        if (tags.size() > most) {
            throw invalid("A batch logging request can contain at most " + most + " tags");
        }
        for (JsonNode tag : tags) {
            only(tag, "key", "value");
            run.tags.put(name(tag), value(tag, 5000));
        }
    }

    private Object logBatch(JsonNode body, int bytes) {
        only(body, "run_id", "metrics", "params", "tags");
        Stored run = run(body);
        JsonNode metrics = body.path("metrics");
        JsonNode params = body.path("params");
        if (bytes > MOST_BYTES) {
            throw invalid("Batched logging API requests must be at most 1000000 bytes");
        }
        if (metrics.size() > 1000 || params.size() > 100 || metrics.size() + params.size() > 1000) {
            throw invalid("A batch logging request can contain at most ...");
        }
        if (batches++ == failBatch) {
            throw new Refusal(500, "INTERNAL_ERROR", "the database is locked");
        }
        Set<String> inRequest = new HashSet<>();
        for (JsonNode param : params) {
            only(param, "key", "value");
            String key = name(param);
            String value = value(param, 6000);
            if (!inRequest.add(key) || !run.parameters.getOrDefault(key, value).equals(value)) {
                throw invalid("Duplicate parameter " + key);
            }
            run.parameters.put(key, value);
        }
        for (JsonNode metric : metrics) {
            only(metric, "key", "value", "timestamp", "step");
            if (!metric.path("value").isNumber() || !metric.path("step").isIntegralNumber()) {
                throw invalid("Got invalid value for metric " + metric);
            }
            run.metrics.computeIfAbsent(name(metric), key -> new ArrayList<>()).add(new double[] {
                metric.path("step").asLong(),
                time(metric, "timestamp"),
                metric.path("value").asDouble()
            });
        }
        tags(run, body.path("tags"), 100);
        return Map.of();
    }

    private Object update(JsonNode body) {
        only(body, "run_id", "status", "end_time", "run_name");
        Stored run = run(body);
        if (!STATUS.contains(text(body, "status"))) {
            throw invalid("status");
        }
        run.status = body.path("status").asText();
        run.end = body.has("end_time") ? time(body, "end_time") : 0;
        return Map.of("run_info", Map.of("status", run.status));
    }

    private Object search(JsonNode body) {
        only(body, "experiment_ids", "filter", "max_results", "run_view_type", "order_by", "page_token");
        Matcher filter = FILTER.matcher(text(body, "filter"));
        if (!filter.matches() || !body.path("experiment_ids").isArray()) {
            throw invalid("Invalid filter string");
        }
        String experiment = body.path("experiment_ids").path(0).asText();
        List<Map<String, Object>> found = new ArrayList<>();
        runs.forEach((id, run) -> {
            if (run.experiment.equals(experiment)
                    && filter.group(2).equals(run.tags.get(filter.group(1)))
                    && filter.group(4).equals(run.tags.get(filter.group(3)))) {
                found.add(Map.of("info", Map.of("run_id", id)));
            }
        });
        return found.isEmpty() ? Map.of() : Map.of("runs", found);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
