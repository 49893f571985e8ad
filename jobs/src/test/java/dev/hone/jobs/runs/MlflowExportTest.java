package dev.hone.jobs.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlflowExportTest {
    private static final String ID = "20261130-100000-00aa";

    @TempDir
    private Path folder;

    private StubMlflow server;

    @BeforeEach
    void start() throws Exception {
        server = new StubMlflow();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private MlflowExport.Sent send(Map<String, String> environment) {
        return new MlflowExport(new MlflowServer(server.address() + "/", environment), "parts of line 3 & 4")
                .send(RunHistory.read(folder, notice -> {}).runs(), Progress.NONE);
    }

    private MlflowExport.Sent send() {
        return send(Map.of());
    }

    @Test
    void sendsARunOnce() {
        RunFiles.finished(folder, ID);
        MlflowExport.Sent sent = send();
        assertThat(server.experiments).containsOnlyKeys("parts of line 3 & 4");
        assertThat(sent.sent()).containsOnlyKeys(ID);
        StubMlflow.Stored run = server.runs.get(sent.sent().get(ID));
        assertThat(run.name).isEqualTo(ID);
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.start).isEqualTo(1796032800500L);
        assertThat(run.end).isEqualTo(run.start + 12250);
        assertThat(run.parameters)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("data", "photos", "epochs", "2", "freeze", "stem.*,fc", "seed", "1"));
        assertThat(run.tags)
                .containsEntry("hone.run", ID)
                .containsEntry("hone.sha256", "abcd")
                .containsEntry("hone.data revision", "1f2e")
                .containsEntry("hone.complete", "true")
                .containsEntry("version Java", "17");
        assertThat(run.metrics.get("training/loss"))
                .containsExactly(new double[] {1, run.start + 4500, 1.5}, new double[] {2, run.start + 9000, 1.25});
        assertThat(run.metrics.get("validation/macro F1")).hasSize(1);
        assertThat(run.metrics.get("result/validation.macroF1").get(0)[2]).isEqualTo(0.5);
        // The second time it is there.
        assertThat(send().known()).containsExactly(ID);
        assertThat(server.runs).hasSize(1);
    }

    /** More than fits into one request: 1000 metrics, 100 parameters; values that are too long, names with odd characters. */
    @Test
    void keepsTheLimits() {
        List<String> lines = new ArrayList<>();
        StringBuilder options = new StringBuilder("'options':{'long':'" + "x".repeat(7000) + "'");
        for (int i = 0; i < 230; i++) {
            options.append(",'o").append(i).append("':'").append(i).append("'");
        }
        lines.add(RunFiles.START.replaceAll("'options':\\{[^}]*", options.toString()));
        for (int i = 1; i <= 2100; i++) {
            lines.add("{'type':'measured','task':'training','step':" + i
                    + ",'seconds':1,'values':{'training loss':0.1,'recall of \u00e4, (b)':1}}");
        }
        lines.add(RunFiles.END);
        RunFiles.write(folder, ID, lines.toArray(String[]::new));
        StubMlflow.Stored run = server.runs.get(send().sent().get(ID));
        assertThat(run.parameters).hasSize(231);
        assertThat(run.parameters.get("long")).hasSize(6000);
        assertThat(run.metrics.get("training/loss")).hasSize(2100);
        assertThat(run.metrics.get("recall of __ _b_")).hasSize(2100);
    }

    @Test
    void whatBreaksOffIsSentAgain() {
        RunFiles.finished(folder, ID);
        server.failBatch = 1;
        assertThatThrownBy(this::send)
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("runs/log-batch answered HTTP 500: the database is locked");
        assertThat(server.runs.values()).extracting(r -> r.status).containsExactly("FAILED");
        assertThat(send().sent()).containsOnlyKeys(ID);
        assertThat(server.runs.values()).extracting(r -> r.status).containsExactly("FAILED", "FINISHED");
    }

    @Test
    void outcomesAreMlflows() {
        RunFiles.write(folder, "20261130-100000-00aa", RunFiles.START, RunFiles.FIRST);
        RunFiles.write(
                folder,
                "20261130-110000-00bb",
                RunFiles.START,
                "{'type':'end','outcome':'failed','seconds':1,'error':'training diverged'}");
        Map<String, String> sent = send().sent();
        assertThat(server.runs.get(sent.get("20261130-100000-00aa")).status).isEqualTo("KILLED");
        StubMlflow.Stored failed = server.runs.get(sent.get("20261130-110000-00bb"));
        assertThat(failed.status).isEqualTo("FAILED");
        assertThat(failed.tags).containsEntry("hone.error", "training diverged");
    }

    @Test
    void credentialsAreThoseOfMlflowsClients() {
        RunFiles.finished(folder, ID);
        server.authorization = "Basic "
                + java.util.Base64.getEncoder()
                        .encodeToString("me:secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(this::send)
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("refused access (HTTP 401)")
                .hasMessageContaining("MLFLOW_TRACKING_TOKEN");
        assertThat(send(Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "secret"))
                        .sent())
                .hasSize(1);
        server.authorization = "Bearer t0k3n";
        assertThat(send(Map.of("MLFLOW_TRACKING_TOKEN", "t0k3n")).known()).hasSize(1);
    }

    @Test
    void whatIsNoServerIsSaid() throws Exception {
        RunFiles.finished(folder, ID);
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        List<Run> runs = RunHistory.read(folder, notice -> {}).runs();
        MlflowExport none = new MlflowExport(new MlflowServer("http://127.0.0.1:" + free, Map.of()), "hone");
        assertThatThrownBy(() -> none.send(runs, Progress.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("no MLflow server answers at http://127.0.0.1:" + free);
        assertThatThrownBy(() -> new MlflowServer("localhost:5000", Map.of()))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'localhost:5000' is not the address");
        HttpServer page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'h', 'i'});
            exchange.close();
        });
        page.start();
        try {
            MlflowExport other = new MlflowExport(
                    new MlflowServer("http://127.0.0.1:" + page.getAddress().getPort(), Map.of()), "hone");
            assertThatThrownBy(() -> other.send(runs, Progress.NONE))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("is not an MLflow server");
        } finally {
            page.stop(0);
        }
        server.experiments.put("parts of line 3 & 4", "1");
        server.deleted.add("parts of line 3 & 4");
        assertThatThrownBy(this::send).isInstanceOf(HoneException.class).hasMessageContaining("is deleted");
    }
}
