package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.train;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands one after the other on drawn surfaces, as a user would type them, and what they answer to bad input. */
class CommandLineTest {
    @TempDir
    private Path folder;

    private final Path data = Commands.data();
    private final Path model = Commands.model();
    private final Path int8 = Commands.int8();

    @Test
    void evaluateCountsEveryTestImageOnce() throws IOException {
        Run run = hone("evaluate", model, data, "--against", int8, "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        for (String which : List.of("model", "against")) {
            JsonNode judged = document.get(which);
            assertThat(judged.get("images").asInt()).isEqualTo(24);
            int sum = 0;
            int right = 0;
            for (int t = 0; t < 6; t++) {
                for (int p = 0; p < 6; p++) {
                    sum += judged.get("confusion").get(t).get(p).asInt();
                }
                right += judged.get("confusion").get(t).get(t).asInt();
            }
            assertThat(sum).isEqualTo(24);
            assertThat(judged.get("accuracy").asDouble()).isCloseTo(right / 24.0, Offset.offset(1e-5));
        }
    }

    @Test
    void quantizedModelIsAboutAQuarterOfTheSize() throws IOException {
        assertThat((double) Files.size(int8) / Files.size(model)).isBetween(0.2, 0.6);
    }

    @Test
    void predictGivesOneLinePerImageAndGoesOnAfterABadOne() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.png"), "no image");
        Run run = hone("predict", model, anImage(), bad, anImage());
        assertThat(run.exit()).isEqualTo(2);
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(3);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        double sum = 0;
        for (JsonNode p : first.get("probabilities")) {
            sum += p.asDouble();
        }
        assertThat(sum).isCloseTo(1, Offset.offset(1e-4));
        assertThat(new ObjectMapper().readTree(lines.get(1)).get("error").asText())
                .contains("bad.png");
        assertThat(lines.get(2).replaceAll("\"(milliseconds|total)\":[0-9.]+", ""))
                .isEqualTo(lines.get(0).replaceAll("\"(milliseconds|total)\":[0-9.]+", ""));
    }

    @Test
    void explainWritesAPicturePerImageAndGoesOnAfterABadOne() throws IOException {
        Path maps = folder.resolve("maps");
        Path bad = Files.writeString(folder.resolve("bad.png"), "no image");
        Run run = hone("explain", model, bad, anImage(), "--baselines", data, "-o", maps, "--json");
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode error = new ObjectMapper().readTree(lines.get(0));
        assertThat(error.get("image").asText()).isEqualTo(bad.toString());
        assertThat(error.get("error").asText()).contains("bad.png", "not a PNG");
        JsonNode line = new ObjectMapper().readTree(lines.get(1));
        assertThat(Path.of(line.get("map").asText())).exists();
        assertThat(line.get("samples").asInt()).isEqualTo(50);
        assertThat(run.err().lines()).last().isEqualTo("hone: 1 of 2 images failed");
    }

    @Test
    void resultsNeverTakeThePlaceOfWhatTheyAreMadeFrom() throws IOException {
        Path copy = Files.copy(model, folder.resolve("copy.onnx"));
        byte[] before = Files.readAllBytes(copy);
        assertThat(hone("quantize", copy, "--calibrate", data, "-o", copy).complaint())
                .contains("copy.onnx is read");
        assertThat(hone("quantize", copy, "--method", "bf16", "-o", copy).complaint())
                .contains("choose another name");
        assertThat(hone("evaluate", copy, data, "--overkill", "0.02", "--set-threshold", copy)
                        .complaint())
                .contains("choose another name");
        assertThat(copy).hasBinaryContent(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "train", "evaluate", "explain", "quantize", "predict", "bench", "show", "backbone", "run"
            })
    void helpHasExamplesThatStandOnOneLine(String command) {
        String help = hone(command, "--help").out();
        assertThat(help.lines()
                        .dropWhile(line -> !line.startsWith("Example"))
                        .skip(1)
                        .takeWhile(line -> !line.isBlank()))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("  hone " + command));
        assertThat(hone("help", command).out()).isEqualTo(help);
    }

    @Test
    void helpSaysWhatIsRequired() {
        assertThat(hone("help").out()).isEqualTo(hone("--help").out());
        assertThat(hone("train", "--help").out()).contains("File to write the model to. Required.");
        assertThat(hone("explain", "--help").out().replaceAll("\\s+", " "))
                .contains("side by side. Any of gradient-shap")
                .contains("--classes=NAME,... ");
    }

    @Test
    void anUnknownWordNamesTheNearestKnownOne() {
        assertThat(hone("trian", data).complaint())
                .isEqualTo("hone: unknown command 'trian'; did you mean 'train'? (see 'hone --help')");
        assertThat(hone("train", data, "-o", "m.onnx", "--learnin-rate", 1).complaint())
                .isEqualTo("hone: unknown option '--learnin-rate'; did you mean '--learning-rate'?"
                        + " (see 'hone train --help')");
        assertThat(hone("show", model, data).complaint()).contains("unexpected argument");
        assertThat(hone("train", "--epoch", 1).complaint())
                .isEqualTo("hone: unknown option '--epoch'; did you mean '--epochs'? (see 'hone train --help')");
        assertThat(hone("train", data, "--lr=0.1").complaint())
                .startsWith("hone: unknown option '--lr'; did you mean '--learning-rate'?");
        assertThat(hone("train", data, "--pretrained", "x").complaint())
                .isEqualTo("hone: unknown option '--pretrained' (see 'hone train --help')");
        assertThat(hone("train", data, "-o", folder.resolve("m.onnx"), "--architecture", "resnt18")
                        .complaint())
                .startsWith("hone: --architecture: 'resnt18' is not one of resnet-edge")
                .contains("did you mean 'resnet18'?");
        assertThat(hone("xyzzy").complaint()).doesNotContain("did you mean");
    }

    @Test
    void argumentsInTheWrongOrderAreNamed() throws IOException {
        String swapped = "hone: the model and the data are swapped; expected: hone ";
        assertThat(hone("predict", anImage(), model).complaint())
                .isEqualTo(swapped + "predict " + model + " " + anImage());
        assertThat(hone("predict", "a b.png", anImage(), model).complaint())
                .isEqualTo(swapped + "predict " + model + " 'a b.png' " + anImage());
        assertThat(hone("evaluate", data, model).complaint()).isEqualTo(swapped + "evaluate " + model + " " + data);
        assertThat(hone("explain", "nosuch", model, "-o", folder).complaint())
                .isEqualTo(swapped + "explain " + model + " nosuch");
        assertThat(hone("quantize", data, "--calibrate", model, "-o", folder.resolve("q.onnx"))
                        .complaint())
                .isEqualTo(swapped + "quantize " + model + " --calibrate " + data);
        assertThat(hone("quantize", data, model, "-o", folder.resolve("q.onnx")).complaint())
                .contains("unexpected argument '" + model + "'; the model comes first");
        assertThat(hone("train", model, "-o", folder.resolve("m.onnx")).complaint())
                .endsWith("a model, expected a folder of images or a .csv file");
        assertThat(hone("train", data, "-o", folder.resolve("m.onnx"), "--target", "label")
                        .complaint())
                .contains("is a folder, expected a table");
    }

    @Test
    void optionsOfOtherMethodsAreRefused() {
        Path out = folder.resolve("out.onnx");
        assertThat(hone("quantize", model, "--calibrate", data, "-o", out, "--bits", 4)
                        .complaint())
                .contains("--bits: not an option of method static but of weights");
        assertThat(hone("quantize", model, "--method", "fp16", "--max-drop", 1, "-o", out)
                        .complaint())
                .contains("--max-drop: accuracy is measured on data");
        assertThat(hone("quantize", model, "--calibrate", data, "--external-data", "-o", out)
                        .complaint())
                .contains("--external-data: not for method static");
        assertThat(hone("quantize", model, "--method", "dynamic", "--max-drop", 1, "-o", out)
                        .complaint())
                .contains("cosine and snr", "inputs");
        assertThat(hone("quantize", model, "--method", "dynamic", "--calibrate", data, "-o", out)
                        .complaint())
                .contains("--calibrate", "only for an accuracy goal");
        assertThat(hone("quantize", model, "--calibrate", data, "--rounding", "gptq", "-o", out)
                        .complaint())
                .contains("--rounding: 'gptq' is not one of nearest, adaptive");
        assertThat(out).doesNotExist();
    }

    /** Compared with its own blur an image differs from its baseline in details only, and the maps tell. */
    @Test
    void explanationsAreJudgedAgainstTheImagesOwnBlur() throws IOException {
        JsonNode[] found = new JsonNode[2];
        for (int i = 0; i < 2; i++) {
            Run run = hone(
                    "explain",
                    model,
                    "--evaluate",
                    data,
                    "--baselines",
                    data,
                    "--baselines-by",
                    i == 0 ? "sample" : "blurred",
                    "--images",
                    6,
                    "--samples",
                    8,
                    "--json");
            assertThat(run.exit()).as(run.err()).isZero();
            found[i] = new ObjectMapper()
                    .readTree(run.out())
                    .findValue("gradient-shap")
                    .findValue("sparsity");
            assertThat(found[i].get("mean").asDouble()).isBetween(0.01, 1.0);
        }
        assertThat(found[1]).isNotEqualTo(found[0]);
    }

    @Test
    void weightsAreRoundedAdaptively() throws IOException {
        Path out = folder.resolve("out.onnx");
        Run run = hone("quantize", model, "--calibrate", data, "--plan", "all", "--rounding", "adaptive", "-o", out);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(OnnxReader.read(out).metadata().get("hone.quantization")).contains("rounded adaptively");
    }

    @Test
    void explainKnowsOtherMethodsAndGroups() throws IOException {
        Path maps = folder.resolve("methods");
        assertThat(hone("explain", "--list-methods").out()).contains("grad-cam", "kernel-shap");
        Run cam = hone("explain", model, anImage(), "--method", "grad-cam", "-o", maps);
        assertThat(cam.exit()).as(cam.err()).isZero();
        Run run = hone(
                "explain",
                model,
                anImage(),
                "--method",
                "kernel-shap",
                "--superpixels",
                "9",
                "--samples",
                "100",
                "--baselines-by",
                "blurred",
                "--top",
                "3",
                "-o",
                maps,
                "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode line = new ObjectMapper().readTree(run.out());
        assertThat(line.get("method").asText()).isEqualTo("kernel-shap");
        assertThat(line.get("groups")).hasSize(3);
        assertThat(line.get("groups").get(0).get("errorBar95").asDouble()).isPositive();
        assertThat(line.get("additivityError").asDouble()).isLessThan(1e-4);
        assertThat(hone("explain", model, anImage(), "--method", "rise", "--window", "3", "-o", maps)
                        .complaint())
                .contains("--window: only for occlusion");
        assertThat(hone("explain", model, anImage(), "--method", "lime", "-o", maps)
                        .complaint())
                .contains("'lime'", "gradient-shap");
        assertThat(hone("explain", model, anImage(), "--baselines-by", "medoids", "-o", maps)
                        .complaint())
                .contains("--baselines: expected the data whose training images are the baselines of kind medoids");
    }

    @Test
    void explainsAnImageBesideItselfWithoutDetailsWhereNothingElseIsGiven() throws IOException {
        Object[] line = {"explain", Commands.model(), anImage(), "--samples", 8, "--json", "-o", folder.resolve("alone")
        };
        JsonNode alone = new ObjectMapper().readTree(hone(line).out());
        JsonNode blurred = new ObjectMapper()
                .readTree(hone(Stream.concat(Stream.of(line), Stream.of("--baselines-by", "blurred"))
                                .toArray())
                        .out());
        assertThat(alone.get("expected")).isEqualTo(blurred.get("expected"));
        assertThat(alone.get("additivityError")).isEqualTo(blurred.get("additivityError"));
        JsonNode black = new ObjectMapper()
                .readTree(hone(Stream.concat(Stream.of(line), Stream.of("--baselines-by", "black"))
                                .toArray())
                        .out());
        assertThat(alone.get("expected")).isNotEqualTo(black.get("expected"));
    }

    @Test
    void reportHoldsEverythingInOneFile() throws IOException {
        Path report = folder.resolve("report.html");
        Run run = hone("evaluate", model, data, "--against", int8, "--report", report);
        assertThat(run.exit()).as(run.err()).isZero();
        String html = Files.readString(report);
        assertThat(html)
                .contains(
                        "Confusion matrix",
                        "Model comparison",
                        "<svg",
                        "data:image/png;base64,",
                        "Explanations: correct predictions",
                        "hone evaluate");
        assertThat(html.replace("http://www.w3.org", "")).doesNotContain("http://", "https://", "src=\"/");
        // The head: what inspection is about, with intervals, beside what always giving one class does.
        String constant =
                "</dt><dd class=\"value\">[\\d.]+.%</dd><dd>[\\d.]+.to.[\\d.]+.%</dd><dd>always [^:]*(crack|good)[^:]*: ";
        assertThat(html)
                .contains("Wilson's score interval")
                .containsPattern("escape rate" + constant + "(0|100)\\.0.%")
                .containsPattern("overkill" + constant + "(0|100)\\.0.%")
                .containsPattern("macro F1" + constant + "4\\.8.%")
                .containsPattern("accuracy" + constant + "16\\.7.%")
                .contains(
                        "Escape rate against overkill",
                        "Precision and recall of defects",
                        "Defect score by class",
                        "Reliability");
        assertThat(html.indexOf("<dt>escape rate")).isLessThan(html.indexOf("<dt>overkill"));
        assertThat(html.indexOf("<dt>overkill")).isLessThan(html.indexOf("<dt>macro F1"));
    }

    @Test
    void trainingAgainGivesTheSameBytes() throws IOException {
        Path again = folder.resolve("again.onnx");
        Run run = train(data, again, "--json");
        assertThat(run.exit()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("file").asText()).isEqualTo(again.toString());
        assertThat(document.get("finished").asBoolean()).isTrue();
        assertThat(document.get("epochs").asInt()).isEqualTo(2);
        assertThat(document.get("bestEpoch").asInt()).isBetween(1, 2);
        assertThat(document.get("trainingImages").asInt()).isEqualTo(72);
        // Four validation images of each of six classes.
        assertThat(document.get("validation").get("accuracy").asDouble() * 24)
                .isCloseTo(Math.round(document.get("validation").get("accuracy").asDouble() * 24), Offset.offset(1e-4));
        assertThat(document.get("seconds").asDouble()).isPositive();
        // The file remembers its own command line, where the name of the output differs.
        assertThat(withoutArguments(again)).isEqualTo(withoutArguments(model));
    }

    private static byte[] withoutArguments(Path file) {
        Model read = OnnxReader.read(file);
        assertThat(read.metadata().remove("hone.provenance.arguments")).contains("train");
        return OnnxWriter.toBytes(read);
    }

    @Test
    void showAndBenchDescribeTheModel() throws IOException {
        JsonNode shown = new ObjectMapper()
                .readTree(hone("show", model, "--json", "--nodes").out());
        assertThat(new ObjectMapper()
                        .readTree(shown.get("metadata").get("hone.labels").asText()))
                .hasSize(6);
        assertThat(shown.get("operators").get("Conv").asInt()).isGreaterThan(5);
        JsonNode bench = new ObjectMapper()
                .readTree(hone("bench", model, "--against", int8, "--seconds", 0.2, "--json")
                        .out());
        assertThat(bench.get("model").get("p50").asDouble()).isPositive();
        assertThat(bench.get("model").get("bytes").asLong()).isEqualTo(Files.size(model));
        assertThat(bench.get("against").get("bytes").asLong()).isEqualTo(Files.size(int8));
        assertThat(bench.get("model").get("macs").isIntegralNumber()).isTrue();
        assertThat(shown.get("macs").isIntegralNumber()).isTrue();
        assertThat(bench.get("model").get("macs").asDouble())
                .isEqualTo(shown.get("macs").asDouble());
    }

    /** It generates images and trains anew, which deletes and overwrites those that are there. */
    @Test
    void demoReplacesNoFilesOfOthers() throws IOException {
        Path work = Files.createDirectory(folder.resolve("work"));
        Path mine = Files.createDirectories(work.resolve("surfaces/good")).resolve("mine.png");
        Files.copy(anImage(), mine);
        assertThat(hone("demo", "-o", work, "--minutes", 0.02, "--images", 8).complaint())
                .isEqualTo("hone: " + work + " holds files that are not of a demo, which could be lost; "
                        + "choose a new or an empty folder");
        assertThat(mine).exists();
    }

    @Test
    void demoDoesTheWholeJob() throws IOException {
        Path out = folder.resolve("demo");
        Run run = hone("demo", "-o", out, "--minutes", 0.02, "--images", 8, "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(Path.of(document.get("report").asText())).exists();
        assertThat(document.get("training").get("file").asText()).endsWith("model.onnx");
        assertThat(document.get("model").get("images").asInt())
                .isEqualTo(document.get("quantized").get("images").asInt());
        assertThat(document.get("bytes").asLong())
                .isEqualTo(Files.size(Path.of(document.get("model").get("file").asText())));
        assertThat(document.get("quantizedBytes").asLong())
                .isEqualTo(
                        Files.size(Path.of(document.get("quantized").get("file").asText())));
    }

    @Test
    void aClassWithOneImageIsTrainedAndNamed() throws IOException {
        Path few = folder.resolve("few");
        for (String name : List.of("good", "spot", "dent")) {
            Files.createDirectories(few.resolve(name));
            try (Stream<Path> files = Files.list(data.resolve("train").resolve(name))) {
                for (Path file :
                        files.sorted().limit(name.equals("dent") ? 1 : 8).toList()) {
                    Files.copy(file, few.resolve(name).resolve(file.getFileName()));
                }
            }
        }
        Run run = train(few, folder.resolve("few.onnx"));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("class 'dent' has one image only; it is used for training");
        assertThat(folder.resolve("few.onnx")).exists();
    }

    @Test
    void everyMetadataKeyIsDocumented() throws IOException {
        Path line = folder.resolve("line.onnx");
        assertThat(hone("evaluate", model, data, "--set-threshold", line).exit())
                .isZero();
        String page = Files.readString(Path.of("../docs/models.md"));
        for (Path file : List.of(int8, line)) {
            Set<String> keys = OnnxReader.read(file).metadata().keySet();
            assertThat(keys).hasSizeGreaterThan(10);
            for (String key : keys) {
                String last = key.substring(key.lastIndexOf('.'));
                assertThat(page).as(key).containsAnyOf("`" + key + "`", "`" + last + "`");
            }
        }
    }

    @Test
    void badInputGetsOneLine() throws IOException {
        Path out = folder.resolve("none.onnx");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(train(empty, out).complaint()).contains("empty");
        Path one = Files.createDirectories(folder.resolve("one"));
        Files.createDirectories(one.resolve("only"));
        Files.copy(anImage(), one.resolve("only/a.png"));
        Files.copy(anImage(), one.resolve("only/b.png"));
        assertThat(train(one, out).complaint()).contains("only");
        Path csv = Files.writeString(folder.resolve("a.csv"), "path,split\nx.png,train\n");
        assertThat(train(csv, out).complaint()).contains("label");
        assertThat(hone("show", Files.writeString(folder.resolve("random.onnx"), "nonsense"))
                        .complaint())
                .contains("random.onnx");
        Path cut = folder.resolve("cut.onnx");
        Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(model), 5000));
        assertThat(hone("predict", cut, anImage()).complaint()).contains("cut.onnx");
        assertThat(hone("quantize", int8, "--calibrate", data, "-o", out).complaint())
                .contains("quantized");
        assertThat(hone(
                                "explain",
                                model,
                                anImage(),
                                "--baselines",
                                data,
                                "-o",
                                folder.resolve("m"),
                                "--classes",
                                "nothing")
                        .complaint())
                .contains("nothing");
        assertThat(hone("train", data).complaint()).contains("--output");
        assertThat(out).doesNotExist();
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeAnyWork() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "a file");
        Path inside = taken.resolve("x");
        for (Run run : List.of(
                train(data, inside),
                hone("quantize", model, "--calibrate", data, "-o", inside),
                hone("explain", model, anImage(), "--baselines", data, "-o", taken),
                hone("evaluate", model, data, "--report", inside),
                hone("evaluate", model, data, "--set-threshold", inside),
                hone("demo", "-o", taken))) {
            assertThat(run.complaint())
                    .contains(taken + ": cannot be written", "exists already and is no folder", "choose another place");
            assertThat(run.out()).isEmpty();
        }
        assertThat(train(data, folder).complaint()).contains("is a folder, expected the name of a file");
    }
}
