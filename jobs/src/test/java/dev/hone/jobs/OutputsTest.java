package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.recipe.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
    @TempDir
    private Path folder;

    private static void refused(Path file, Path... inputs) {
        assertThatThrownBy(() -> Outputs.requireWritable(file, inputs))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining(file + " is read")
                .hasMessageContaining("and would be overwritten; choose another name")
                .hasMessageNotContaining("\n");
    }

    private static void allowed(Path file, Path... inputs) {
        assertThatCode(() -> Outputs.requireWritable(file, inputs)).doesNotThrowAnyException();
    }

    private Path external(String name) throws IOException {
        Graph graph = new Graph("g");
        var x = graph.addInput("x", ElementType.FLOAT, Shape.of(4));
        var w = graph.addConstant("w", Tensor.filled(ElementType.FLOAT, 2, 4));
        graph.addOutput(graph.addNode("Mul", x, w).output());
        Path file = folder.resolve(name);
        OnnxWriter.write(new Model(graph), file, 1);
        return file;
    }

    /** Only the folder is named, not the file that tried it out. */
    @Test
    void aFolderThatTakesNoFiles() {
        Path proc = Path.of("/proc");
        assumeTrue(Files.isDirectory(proc.resolve("self")), "Linux");
        assertThatThrownBy(() -> Outputs.requireWritable(proc.resolve("model.onnx")))
                .isInstanceOf(HoneException.class)
                .hasMessage("/proc: cannot be written, no file can be made there; choose another place");
        assertThatThrownBy(() -> Outputs.requireWritableFolder(proc.resolve("self")))
                .isInstanceOf(HoneException.class)
                .hasMessageStartingWith("/proc/self: cannot be written, ")
                .hasMessageNotContaining(".hone");
    }

    @Test
    void theFilesThatAModelConsistsOf() throws IOException {
        Path model = external("m.onnx");
        Path data = folder.resolve("m.onnx.data");
        assertThat(data).exists();
        refused(model, model);
        refused(Files.createLink(folder.resolve("hard.onnx"), model), model);
        refused(Files.createSymbolicLink(folder.resolve("soft.onnx"), model), model);
        // Where upper and lower case are one, so are these, and one that is not there yet is read later.
        refused(folder.resolve("M.onnx"), model);
        refused(folder.resolve("later.onnx"), folder.resolve("later.onnx"));
        refused(data, model);
        refused(Files.createLink(folder.resolve("hard.bin"), data), model);
        refused(Files.createSymbolicLink(folder.resolve("soft.bin"), data), model);
        refused(folder.resolve("../" + folder.getFileName() + "/m.onnx.data"), model);
        allowed(folder.resolve("new.bin"), model);
        allowed(Files.createFile(folder.resolve("old.bin")), model);
        // What quantizing writes beside its output counts too.
        Path source = Files.move(external("q.onnx"), folder.resolve("source.onnx"));
        QuantizeOptions options = Options.of(QuantizeOptions.class)
                .build(Map.of("model", source, "output", folder.resolve("q.onnx"), "method", "dynamic"));
        assertThatThrownBy(() -> Outputs.of(options)).hasMessageContaining("q.onnx.data is read");
        // It lies beside the file that a link leads to, whether that is there or not.
        Path link = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("links")).resolve("l.onnx"), folder.resolve("q.onnx"));
        QuantizeOptions linked =
                Options.of(QuantizeOptions.class).build(Map.of("model", source, "output", link, "method", "dynamic"));
        assertThatThrownBy(() -> Outputs.of(linked)).hasMessageContaining("q.onnx.data is read");
    }

    @Test
    void theFilesOfADataSet() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data/good")).getParent();
        Path split = Files.writeString(data.resolve("split.csv"), "path,label\n");
        Path image = Files.createFile(data.resolve("good/a.png"));
        refused(split, data);
        refused(image, data);
        refused(Files.createLink(folder.resolve("linked.csv"), split), data);
        refused(Files.createLink(folder.resolve("page.html"), split), data);
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.csv"), "path,label\n");
        Files.createSymbolicLink(data.resolve("masks.csv"), elsewhere);
        refused(elsewhere, data);
        // Pages and models may lie there, and be written again.
        allowed(Files.createFile(data.resolve("report.html")), data);
        allowed(data.resolve("new.csv"), data);
        allowed(Files.writeString(data.resolve("out.csv"), "image,class,probability,rejected,p_good,error\r\n"), data);
        allowed(Files.writeString(data.resolve("rows.csv"), "file,row,class,probability,rejected,p_good\r\n"), data);
        refused(Files.writeString(data.resolve("part.csv"), "image,class,probability\n"), data);
    }

    @Test
    void theImagesThatATableLists() throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        Path odd = Files.createFile(images.resolve("part.scan"));
        Path table = Files.writeString(folder.resolve("list.csv"), "path,label\n\"images/part.scan\",good\n");
        refused(odd, table);
        refused(Files.createLink(folder.resolve("other.html"), odd), table);
        refused(table, table);
        allowed(Files.createFile(images.resolve("page.html")), table);
    }

    @Test
    void whatIsNoFile() {
        assertThatThrownBy(() -> Outputs.requireWritable(Path.of("/dev/null"))).hasMessageContaining("is a device");
        assertThatThrownBy(() -> Outputs.requireWritable(folder)).hasMessageContaining("is a folder");
    }

    @Test
    void noFileIsWrittenTwice() throws IOException {
        Path model = external("m.onnx");
        for (String report : List.of("q.onnx", "./q.onnx", "Q.ONNX", "q.onnx.data", "q.onnx.journal")) {
            QuantizeOptions options = Options.of(QuantizeOptions.class)
                    .build(Map.of(
                            "model",
                            model,
                            "output",
                            folder.resolve("q.onnx"),
                            "method",
                            "static",
                            "report",
                            folder.resolve(report)));
            assertThatThrownBy(() -> Outputs.of(options))
                    .as(report)
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("is to be written twice by one command");
        }
    }

    @Test
    void oneRunAtATimeWritesAFile() {
        Path model = folder.resolve("m.onnx");
        Path output = folder.resolve("q.onnx");
        QuantizeOptions options =
                Options.of(QuantizeOptions.class).build(Map.of("model", model, "output", output, "method", "dynamic"));
        String done = Outputs.holding(options, () -> {
            assertThatThrownBy(() -> Outputs.holding(options, () -> "never"))
                    .isInstanceOf(HoneException.class)
                    .hasMessage(output + " is being written by another run; wait until that is done,"
                            + " or choose another name");
            return "done";
        });
        assertThat(done).isEqualTo("done");
        assertThat(Outputs.<QuantizeOptions, String>holding(options, () -> "again"))
                .isEqualTo("again");
        assertThat(folder).isEmptyDirectory();
    }

    /** A new option with a path has to say whether it is written, and its job to begin with the check. */
    @Test
    void everyJobKnowsWhatItReadsAndWrites() throws IOException {
        TreeSet<String> reads = new TreeSet<>();
        TreeSet<String> folders = new TreeSet<>();
        for (Job<?, ?> job : Jobs.ALL) {
            for (Options.Option option : Options.of(job.options()).list()) {
                if (option.type() != Path.class) {
                    continue;
                }
                String name = job.name() + " " + option.name();
                String[] writes = option.setting().writes();
                if (writes.length == 0) {
                    reads.add(name);
                } else if (writes[0].equals(Setting.FOLDER)) {
                    folders.add(name);
                } else {
                    requireCheck(job, option);
                }
            }
        }
        assertThat(reads)
                .containsExactly(
                        "backbone file",
                        "bench against",
                        "bench model",
                        "evaluate against",
                        "evaluate data",
                        "evaluate model",
                        "explain against",
                        "explain baselines",
                        "explain evaluate",
                        "explain global",
                        "explain inputs",
                        "explain masks",
                        "explain model",
                        "explain tokens",
                        "explain watch",
                        "predict inputs",
                        "predict model",
                        "predict watch",
                        "quantize calibrate",
                        "quantize inputs",
                        "quantize model",
                        "show model",
                        "train data",
                        "train from");
        assertThat(folders)
                .containsExactly(
                        "demo output",
                        "evaluate cache",
                        "evaluate errors",
                        "evaluate runs",
                        "explain cache",
                        "explain output",
                        "quantize cache",
                        "quantize runs",
                        "train cache",
                        "train runs");
    }

    private void requireCheck(Job<?, ?> job, Options.Option written) throws IOException {
        Path file = Files.writeString(folder.resolve("input"), "precious");
        for (Options.Option read : Options.of(job.options()).list()) {
            if (read.type() != Path.class || read.setting().writes().length > 0) {
                continue;
            }
            Map<String, Object> values = new LinkedHashMap<>();
            Options.of(job.options()).list().stream()
                    .filter(o -> o.setting().required() && o.type() == Path.class)
                    .forEach(o -> values.put(
                            o.name(),
                            o.isList() ? List.of(folder.resolve(o.name())) : folder.resolve(o.name() + ".onnx")));
            values.put(read.name(), read.isList() ? List.of(file.toString()) : file);
            values.put(written.name(), file);
            assertThatThrownBy(() -> job.run(values, Progress.NONE))
                    .as(job.name() + " " + written.name() + " = " + read.name())
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining(written.name().equals("journal") ? "" : "and would be overwritten");
            assertThat(file).hasContent("precious");
        }
    }
}
