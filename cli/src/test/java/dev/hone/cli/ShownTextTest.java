package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.ElementType;
import dev.hone.core.Shown;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names in files may hold anything; what is printed and reported moves no cursor and hides nothing. */
class ShownTextTest {
    private static final String EVIL = "\u001b[31m\u202egnp\u2066\u200b\u0085\u2028=x";
    private static final String BAD = "=bad" + EVIL;
    private static final String GOOD = "good" + EVIL;

    @TempDir
    private Path folder;

    private static void assertShown(Run run) {
        assertShown(run.out());
        assertShown(run.err());
    }

    private static void assertShown(String text) {
        assertThat(text.codePoints()
                        .filter(c -> c != '\n' && c != '\t' && !Shown.isPlain(c))
                        .mapToObj(Integer::toHexString))
                .as(text)
                .isEmpty();
    }

    private Path folders() throws IOException {
        Path data = folder.resolve("data");
        for (String name : List.of("good", "stain")) {
            Path to = Files.createDirectories(data.resolve(name.equals("good") ? GOOD : BAD));
            try (Stream<Path> files =
                    Files.list(Commands.data().resolve("train").resolve(name))) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(EVIL + file.getFileName()));
                }
            }
        }
        return data;
    }

    @Test
    void namesOfClassesAndFilesAreShownEscaped() throws Exception {
        Path data = folders();
        Path model = folder.resolve("m.onnx");
        Run trained = Commands.train(data, model);
        assertThat(trained.exit()).as(trained.err()).isZero();
        assertShown(trained);
        Path image;
        try (Stream<Path> files = Files.list(data.resolve(BAD))) {
            image = files.sorted().findFirst().orElseThrow();
        }
        Run predicted = hone("predict", model, image);
        assertShown(predicted);
        JsonNode line = predicted.document();
        assertThat(line.get("image").asText()).isEqualTo(image.toString());
        assertThat(line.get("probabilities").has(BAD)).isTrue();
        assertThat(line.get("probabilities").has(GOOD)).isTrue();
        Path report = folder.resolve("report.html");
        Run evaluated = hone("evaluate", model, data, "--split", "all", "--report", report);
        assertThat(evaluated.exit()).as(evaluated.err()).isZero();
        assertThat(evaluated.out()).contains("=bad\\u001b[31m\\u202e");
        assertShown(evaluated);
        assertShown(Files.readString(report));
        assertThat(hone("evaluate", model, data, "--split", "all", "--json")
                        .document()
                        .toString())
                .contains(new ObjectMapper().writeValueAsString(BAD));
        for (String command : List.of("show", "explain")) {
            Run run = command.equals("show")
                    ? hone("show", model)
                    : hone("explain", model, image, "-o", folder.resolve("maps"), "--method", "saliency");
            assertThat(run.exit()).as(run.err()).isZero();
            assertShown(run);
        }
        assertShown(hone("predict", model, folder.resolve(EVIL + "gone.png")));
        assertShown(hone("predict", folder.resolve(EVIL + "gone.onnx"), image));
        assertShown(hone("explain", model, image, "--classes", EVIL, "-o", folder.resolve("maps")));
        assertShown(hone(EVIL));
        assertShown(hone("show", "--" + EVIL));
    }

    @Test
    void namesInsideOfModelsAreShownEscaped() throws IOException {
        Graph graph = new Graph(EVIL);
        Ops ops = new Ops(graph);
        Value x = graph.addInput(
                "x" + EVIL, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(8), Dim.of(8)));
        Value weights = ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, 2, 3, 8, 8));
        weights.setName("w\n" + EVIL);
        Value y = ops.op("Flatten", ops.op("Conv", x, weights));
        y.producer().setName("node\n" + EVIL);
        y.setName("y" + EVIL);
        graph.addOutput(y);
        Model model = new Model(graph);
        model.metadata().put("key\n" + EVIL, "value\r\n" + EVIL);
        model.setProducer("me" + EVIL, "1");
        Path file = folder.resolve("evil.onnx");
        OnnxWriter.write(model, file);
        Run shown = hone("show", file, "--nodes", "--weights");
        assertThat(shown.exit()).as(shown.err()).isZero();
        assertShown(shown);
        assertThat(shown.out()).contains("y\\u001b[31m", "node\\n\\u001b", "w\\n\\u001b", "key\\n\\u001b");
        JsonNode document = hone("show", file, "--json").document();
        assertThat(document.at("/metadata").get("key\n" + EVIL).asText()).isEqualTo("value\r\n" + EVIL);
        Path image = Commands.anImage();
        assertShown(hone("predict", file, image));
        assertShown(hone(
                "explain",
                file,
                image,
                "-o",
                folder.resolve("maps"),
                "--method",
                "grad-cam",
                "--baselines-by",
                "black"));
        assertShown(hone(
                "quantize", file, "--calibrate", Commands.data(), "-o", folder.resolve("q.onnx"), "--plan", "all"));
        assertShown(hone("bench", file, "--seconds", "1"));
        Model broken = OnnxReader.read(file);
        broken.graph().inputs().get(0).setShape(Shape.of(1, 1, 1, 1));
        OnnxWriter.write(broken, file);
        Run refused = hone("predict", file, image);
        assertThat(refused.exit()).isEqualTo(2);
        assertShown(refused);
    }

    /** A class called =bad and one with a line break come back from the table of attributions as they were. */
    @Test
    void exportedTablesRunNothing() throws Exception {
        Path csv = folder.resolve("rows.csv");
        StringBuilder rows = new StringBuilder("'=a,'@b,label\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i % 7).append(',').append(i % 3 == 0 ? "'=x" : "'-y").append(',');
            rows.append(i % 2 == 0 ? "'=bad" : "good").append('\n');
        }
        Files.writeString(csv, rows);
        Path model = folder.resolve("rows.onnx");
        Run trained = hone("train", csv, "--target", "label", "-o", model, "--epochs", "2");
        assertThat(trained.exit()).as(trained.err()).isZero();
        assertThat(new ObjectMapper().readTree(OnnxReader.read(model).metadata().get("hone.labels")))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("=bad", "good");
        Path out = folder.resolve("why");
        Run explained = hone("explain", model, csv, "--baselines", csv, "-o", out, "--samples", "20");
        assertThat(explained.exit()).as(explained.err()).isZero();
        for (String name : List.of("attributions.csv", "importance.csv")) {
            for (String text : Files.readString(out.resolve(name)).split("[,\n]")) {
                assertThat(text.matches("-?[0-9.]+(E-?[0-9]+)?") || !text.matches("[=+@\t-].*"))
                        .as(text)
                        .isTrue();
            }
        }
        assertThat(Files.readString(out.resolve("attributions.csv"))).contains("'=a,", "'@b,", "'=bad");
        try (Stream<Path> plots = Files.list(out)) {
            for (Path plot : plots.filter(p -> p.toString().endsWith(".svg")).toList()) {
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(Files.readAllBytes(plot)));
            }
        }
    }

    @Test
    void loggersAndPartsOfCharactersAreCovered() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new ShownStream(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        for (byte one : "\u00e4\ud83d\ude00\u001b[1m\u202e\n".getBytes(StandardCharsets.UTF_8)) {
            stream.write(one);
        }
        stream.printf("%s%n", "a\u0007");
        stream.append("b\u001b").append('\u009b').println((Object) "c\nd");
        stream.print(new char[] {'\ud800', '\n'});
        stream.flush();
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("\u00e4\ud83d\ude00\\u001b[1m\\u202e\na\\u0007\nb\\u001b\\u009bc\\nd\n\\ud800\n");
    }
}
