package dev.hone.jobs.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of runs: whole, damaged, of a crash, of several writers. */
class RunHistoryFilesTest {
    @TempDir
    private Path folder;

    private final List<String> notices = new ArrayList<>();

    private RunHistory read() {
        return RunHistory.read(folder, notices::add);
    }

    @Test
    void readsWhatARunLeft() {
        RunFiles.finished(folder, "20261130-100000-00aa");
        Run run = read().find("00aa");
        assertThat(notices).isEmpty();
        assertThat(run.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(run.started()).isEqualTo(Instant.parse("2026-11-30T10:00:00.500Z"));
        assertThat(run.seconds()).isEqualTo(12.25);
        assertThat(run.sha256()).isEqualTo("abcd");
        assertThat(run.options()).containsEntry("epochs", "2").containsEntry("freeze", List.of("stem.*", "fc"));
        assertThat(run.notes()).containsEntry("data revision", "1f2e");
        assertThat(run.data()).isEqualTo("photos");
        assertThat(run.macroF1()).isEqualTo(0.5);
        assertThat(run.metrics()).containsEntry("validation.loss", 1.25).containsEntry("epochs", 2.0);
        assertThat(run.curves().get("training loss"))
                .containsExactly(new Run.Value(1, 4.5, 1.5), new Run.Value(2, 9, 1.25));
        assertThat(run.curves().get("validation macro F1")).hasSize(1);
    }

    /** A process that was killed wrote no end, and perhaps half a line. */
    @Test
    void aCrashLosesAtMostALine() throws Exception {
        Path file = RunFiles.write(folder, "20261130-100000-00aa", RunFiles.START, RunFiles.FIRST);
        Files.writeString(file, "{\"type\":\"measured\",\"ta", StandardOpenOption.APPEND);
        Run run = read().find("00aa");
        assertThat(run.outcome()).isEqualTo(Outcome.INTERRUPTED);
        assertThat(run.curve()).hasSize(1);
        assertThat(run.seconds()).isEqualTo(4.5);
        assertThat(run.macroF1()).isEqualTo(0.5);
        assertThat(notices).containsExactly(file + ":3: not a line of a run; skipped");
    }

    @Test
    void whatIsNoneOfARunIsSkippedAndNamed() throws Exception {
        RunFiles.finished(folder, "20261130-100000-00aa");
        RunFiles.write(folder, "other", "{'type':'start','format':7,'id':'other'}");
        RunFiles.write(folder, "renamed", RunFiles.START.replace("ID", "20261130-100000-00bb"));
        Files.write(folder.resolve("noise.jsonl"), new byte[] {0, (byte) 0xff, 10, '[', 10, '3', 10, '{', '}', 10});
        Files.createDirectory(folder.resolve("folder.jsonl"));
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Files.createFile(folder.resolve("empty.jsonl"));
        assertThat(read().runs()).extracting(Run::id).containsExactly("20261130-100000-00aa");
        assertThat(notices).anyMatch(n -> n.startsWith(folder.resolve("folder.jsonl") + ": cannot be read"));
        assertThat(notices).anyMatch(n -> n.startsWith(folder.resolve("empty.jsonl") + ": no run begins"));
        assertThat(notices).anyMatch(n -> n.startsWith(folder.resolve("noise.jsonl") + ":2: not a line"));
        assertThat(notices).anyMatch(n -> n.startsWith(folder.resolve("other.jsonl") + ": format or name"));
        assertThat(notices).anyMatch(n -> n.startsWith(folder.resolve("renamed.jsonl") + ": format or name"));
    }

    @Test
    void newestFirstAndFoundByTheEndOfTheId() {
        RunFiles.write(folder, "20261130-100000-00aa", RunFiles.START);
        RunFiles.write(folder, "20261130-110000-00ab", RunFiles.START.replace("T10", "T11"));
        RunFiles.write(folder, "20261130-090000-00ac", RunFiles.START.replace("T10", "T09"));
        RunHistory history = read();
        assertThat(history.runs())
                .extracting(Run::id)
                .containsExactly("20261130-110000-00ab", "20261130-100000-00aa", "20261130-090000-00ac");
        assertThat(history.find("00ac").id()).isEqualTo("20261130-090000-00ac");
        assertThat(history.find("20261130-11").id()).isEqualTo("20261130-110000-00ab");
        assertThatThrownBy(() -> history.find("20261130"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("ambiguous: 3 ids");
        assertThatThrownBy(() -> history.find("20261130-100000-00ax"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("there is no run '20261130-100000-00ax'");
        assertThatThrownBy(() -> history.find("")).isInstanceOf(HoneException.class);
        assertThatThrownBy(() -> RunHistory.read(folder.resolve("none"), notices::add))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("no run history there");
    }

    /** Every one has a file of its own, and a running one is seen as that. */
    @Test
    void concurrentWritersDoNotMeet() {
        Instant now = Instant.parse("2026-11-30T10:00:00Z");
        ConcurrentLinkedQueue<String> ids = new ConcurrentLinkedQueue<>();
        IntStream.range(0, 64).parallel().forEach(i -> {
            try (RunLog log = RunLog.create(folder, now)) {
                ids.add(log.id());
                log.line("start", Map.of("format", 1, "id", log.id(), "job", "train", "started", now.toString()));
                for (int step = 1; step <= 20; step++) {
                    log.line("measured", Map.of("step", step, "values", Map.of("training loss", i + step / 100.0)));
                }
                assertThat(read().find(log.id()).outcome()).isEqualTo(Outcome.RUNNING);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        notices.clear();
        RunHistory history = read();
        assertThat(notices).isEmpty();
        assertThat(history.runs()).hasSize(64).allSatisfy(run -> {
            assertThat(run.curve()).hasSize(20);
            assertThat(run.outcome()).isEqualTo(Outcome.INTERRUPTED);
        });
        assertThat(history.runs()).extracting(Run::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void removesRunsButNotRunningOnes() throws Exception {
        RunFiles.finished(folder, "20261130-100000-00aa");
        try (RunLog log = RunLog.create(folder, Instant.now())) {
            log.line(
                    "start",
                    Map.of(
                            "format",
                            1,
                            "id",
                            log.id(),
                            "job",
                            "train",
                            "started",
                            Instant.now().toString()));
            RunHistory history = read();
            List<Run> both = history.runs();
            assertThatThrownBy(() -> history.remove(both))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("is running");
            assertThat(read().runs()).hasSize(2);
            history.remove(List.of(history.find("00aa")));
            assertThat(read().runs()).hasSize(1);
        }
    }

    @Test
    void comparesWhatDiffers() {
        RunFiles.finished(folder, "20261130-100000-00aa");
        RunFiles.write(
                folder,
                "20261130-110000-00bb",
                RunFiles.START
                        .replace("'epochs':'2'", "'epochs':'4','width':'0.5'")
                        .replace("'17'", "'21'"),
                RunFiles.REVISION,
                RunFiles.FIRST.replace("1.5", "1.75"),
                RunFiles.END.replace("'macroF1':0.5", "'macroF1':0.75"));
        RunHistory history = read();
        RunComparison comparison = RunComparison.of(history.find(List.of("00aa", "00bb", "00aa")));
        assertThat(comparison.options())
                .containsExactly(Map.entry("epochs", List.of("2", "4")), Map.entry("width", List.of("", "0.5")));
        assertThat(comparison.facts())
                .containsEntry("Java", List.of("17", "21"))
                .doesNotContainKey("data revision");
        assertThat(comparison.metrics()).containsEntry("validation.macroF1", List.of(0.5, 0.75));
        Path page = folder.resolve("page.html");
        comparison.page().write(page);
        assertThat(page)
                .content(StandardCharsets.UTF_8)
                .contains("20261130-100000-00aa")
                .contains("<svg")
                .contains("training loss")
                .contains("validation.macroF1")
                .contains("0.75");
        assertThatThrownBy(() -> RunComparison.of(history.find(List.of("00aa"))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("two or more");
    }
}
