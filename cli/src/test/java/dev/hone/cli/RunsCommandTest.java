package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code hone runs} prints and how it fails. */
class RunsCommandTest {
    @TempDir
    private Path folder;

    private String runs;

    @BeforeEach
    void write() throws IOException {
        Path history = Files.createDirectory(folder.resolve("runs"));
        runs = history.toString();
        write(history, "20261130-100000-00aa", "'epochs':'2'", "0.5");
        write(history, "20261130-110000-00bb", "'epochs':'4'", "0.75");
        Files.writeString(history.resolve("noise.jsonl"), "[");
    }

    private static void write(Path history, String id, String options, String f1) throws IOException {
        String text = "{'type':'start','format':1,'id':'ID','job':'train','started':'2026-11-30T10:00:00Z',"
                + "'model':'model.onnx','options':{'data':'line 3/photos',OPTIONS},'arguments':['line 3/photos'],"
                + "'versions':{'Hone':'0.1'}}\n"
                + "{'type':'note','name':'data revision','value':'1f2e'}\n"
                + "{'type':'measured','task':'training','step':1,'seconds':4,'values':{'training loss':1.25}}\n"
                + "{'type':'end','outcome':'finished','seconds':90,'result':{'epochs':2,'validation':{'macroF1':F1}},"
                + "'sha256':'abcd'}\n";
        Files.writeString(
                history.resolve(id + ".jsonl"),
                text.replace("ID", id)
                        .replace("OPTIONS", options)
                        .replace("F1}", f1 + "}")
                        .replace('\'', '"'));
    }

    @Test
    void listsNewestFirst() {
        Commands.Run result = Commands.hone("runs", "--runs", runs);
        assertThat(result.exit()).isZero();
        assertThat(result.out().lines())
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith("20261130-110000-00bb")
                .contains("train", "photos", "1.5", "75.0 %", "finished", "model.onnx");
        assertThat(result.err()).contains("noise.jsonl:1: not a line of a run; skipped");
        assertThat(Commands.hone("runs", "--json", "--runs", runs).out()).contains("\"macroF1\" : 0.75");
    }

    @Test
    void showsOne() {
        String out = Commands.hone("runs", "show", "00aa", "--runs", runs).out();
        assertThat(out)
                .contains(
                        "data revision  1f2e",
                        "SHA-256        abcd",
                        "hone train 'line 3/photos'",
                        "validation.macroF1");
        assertThat(out).contains("epoch  training loss").doesNotContain("\\n");
        assertThat(Commands.hone("runs", "show", "00aa", "--runs", runs, "--json")
                        .out())
                .contains("\"step\" : 1", "\"epochs\" : \"2\"");
    }

    @Test
    void compares() {
        Path page = folder.resolve("page.html");
        Commands.Run result =
                Commands.hone("runs", "compare", "00aa", "00bb", "--runs", runs, "--report", page.toString());
        assertThat(result.exit()).isZero();
        assertThat(result.out()).containsPattern("epochs +2 +4").containsPattern("validation.macroF1 +0.5000 +0.7500");
        assertThat(page).exists();
    }

    @Test
    void removes() {
        assertThat(Commands.hone("runs", "remove", "00aa", "--runs", runs).exit())
                .isZero();
        assertThat(Path.of(runs).resolve("20261130-100000-00aa.jsonl")).doesNotExist();
        assertThat(Path.of(runs).resolve("20261130-110000-00bb.jsonl")).exists();
    }

    @Test
    void exports() {
        Path logs = folder.resolve("logs");
        assertThat(Commands.hone("runs", "export", "--runs", runs, "--tensorboard", logs.toString())
                        .exit())
                .isZero();
        assertThat(logs.resolve("20261130-100000-00aa")).isDirectoryContaining("glob:**events.out.tfevents.*");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Commands.hone("runs", "show", "00cc", "--runs", runs).err()).contains("there is no run '00cc'");
        assertThat(Commands.hone("runs", "shwo").err()).contains("unknown command 'shwo'; did you mean 'show'?");
        assertThat(Commands.hone("runs", "export", "--runs", runs).err()).contains("--mlflow URL or --tensorboard DIR");
        assertThat(Commands.hone("runs", "export", "--runs", runs, "--mlflow", "nowhere")
                        .err())
                .contains("'nowhere' is not the address of an MLflow server");
        assertThat(Commands.hone("runs", "--runs", folder.resolve("none").toString())
                        .err())
                .contains("no run history there");
        assertThat(Commands.hone("runs", "compare", "00aa", "--runs", runs).exit())
                .isEqualTo(2);
    }
}
