package dev.hone.jobs.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hone.core.HoneException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/** The REST interface of an MLflow tracking server, version 2.0 of the API. */
public final class MlflowServer {
    private static final String API = "/api/2.0/mlflow/";
    private static final String MISSING = "RESOURCE_DOES_NOT_EXIST";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_SHOWN = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String root;
    private final String authorization;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * @param address such as {@code http://localhost:5000}
     * @param environment where the server wants credentials, they are in {@code MLFLOW_TRACKING_TOKEN}, or in {@code
     *     MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}, as for MLflow's own clients
     * @throws HoneException if the address is none of a server
     */
    public MlflowServer(String address, Map<String, String> environment) {
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw notAnAddress(address);
        }
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw notAnAddress(address);
        }
        this.root = address.replaceFirst("/+$", "") + API;
        String token = environment.get("MLFLOW_TRACKING_TOKEN");
        String user = environment.get("MLFLOW_TRACKING_USERNAME");
        String password = environment.get("MLFLOW_TRACKING_PASSWORD");
        this.authorization = token != null
                ? "Bearer " + token
                : user != null && password != null
                        ? "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8))
                        : null;
    }

    private static HoneException notAnAddress(String address) {
        return new HoneException("'" + address + "' is not the address of an MLflow server, expected one such as "
                + "http://localhost:5000");
    }

    /** Gets, with one parameter of the query; a missing node if the server says that there is no such thing. */
    JsonNode get(String path, String name, String value) {
        String query = "?" + name + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
        return send(request(path + query).GET().build(), path);
    }

    /** Posts a document. */
    JsonNode post(String path, Map<String, ?> body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(body)))
                .build();
        JsonNode answer = send(request, path);
        if (answer.isMissingNode()) {
            throw new HoneException("MLflow at " + root + path + " does not know what it was given a moment ago");
        }
        return answer;
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
        if (authorization != null) {
            builder.header("Authorization", authorization);
        }
        return builder;
    }

    static byte[] bytes(Map<String, ?> body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode send(HttpRequest request, String path) {
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new dev.hone.core.CancelledException();
        } catch (IOException e) {
            throw new HoneException(
                    "no MLflow server answers at " + root.replace(API, "")
                            + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")")
                            + "; check the address, and that the server is running",
                    e);
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            answer = MissingNode.getInstance();
        }
        int status = response.statusCode();
        if (status == 404 && answer.path("error_code").asText().equals(MISSING)) {
            return MissingNode.getInstance();
        }
        if (status == 401 || status == 403) {
            throw new HoneException("MLflow at " + root.replace(API, "") + " refused access (HTTP " + status
                    + "); set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
        }
        if (status != 200) {
            String said = answer.path("message").asText(response.body().strip());
            throw new HoneException("MLflow at " + root + path + " answered HTTP " + status + ": "
                    + said.substring(0, Math.min(MOST_SHOWN, said.length())));
        }
        if (!answer.isObject()) {
            throw new HoneException(root + path + " did not answer with JSON; it is not an MLflow server");
        }
        return answer;
    }
}
