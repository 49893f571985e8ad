package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.int8;
import static dev.hone.cli.Commands.model;
import static dev.hone.cli.Commands.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.model.ClassScores;
import dev.hone.model.ImageInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of files that are no models, and of names that a model does not have. */
class BadModelsTest {
    @TempDir
    private Path folder;

    private Path image;

    @Test
    void everyCommandSaysThatAFileIsNoModel() throws IOException {
        image = anImage();
        byte[] whole = Files.readAllBytes(model());
        byte[] random = new byte[3000];
        new Random(5).nextBytes(random);
        Map<String, byte[]> files = Map.of(
                "cut.onnx",
                Arrays.copyOf(whole, whole.length - 100),
                "head.onnx",
                Arrays.copyOf(whole, 5000),
                "random.onnx",
                random,
                "empty.onnx",
                new byte[0]);
        Map<String, Function<Path, Object[]>> commands = Map.of(
                "predict", f -> new Object[] {"predict", f, image},
                "evaluate", f -> new Object[] {"evaluate", f, data()},
                "evaluate against", f -> new Object[] {"evaluate", model(), data(), "--against", f},
                "explain", f -> new Object[] {"explain", f, image, "--baselines", data(), "-o", folder.resolve("maps")},
                "bench", f -> new Object[] {"bench", f, "--seconds", 0.1},
                "quantize", f -> new Object[] {"quantize", f, "--calibrate", data(), "-o", folder.resolve("none.onnx")},
                "show", f -> new Object[] {"show", f},
                "train", f -> new Object[] {"train", data(), "-o", folder.resolve("none.onnx"), "--from", f});
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = Files.write(folder.resolve(file.getKey()), file.getValue());
            for (Map.Entry<String, Function<Path, Object[]>> command : commands.entrySet()) {
                assertThat(hone(command.getValue().apply(path)).complaint())
                        .as(command.getKey())
                        .contains(file.getKey(), "an ONNX model", "export or copy it again");
            }
        }
        assertThat(folder.resolve("none.onnx")).doesNotExist();
    }

    @Test
    void freezingNothingIsRefused() throws IOException {
        Path out = folder.resolve("none.onnx");
        assertThat(train(data(), out, "--freeze", "stem.*,layer1.*").complaint())
                .contains("--freeze: layer1.*", "stem.*, layer2.*", "fc.*", "stem.0.conv.weight");
        assertThat(train(data(), out, "--from", model(), "--freeze", "nothing").complaint())
                .contains("--freeze: nothing", "the show job lists all");
        assertThat(out).doesNotExist();
    }

    @Test
    void keepingNothingInFloatIsRefusedAndARealNodeIsKept() throws IOException {
        Path out = folder.resolve("kept.onnx");
        assertThat(hone("quantize", model(), "--calibrate", data(), "-o", out, "--keep-fp32", "Conv_x")
                        .complaint())
                .contains("'Conv_x'", "Conv '");
        assertThat(out).doesNotExist();
        JsonNode nodes = new ObjectMapper()
                .readTree(hone("show", model(), "--nodes", "--json").out())
                .get("nodes");
        String conv = "";
        for (JsonNode node : nodes) {
            if (node.get("operator").asText().equals("Conv")) {
                conv = node.get("outputs").get(0).asText().replaceFirst(":.*", "");
            }
        }
        Commands.Run run = hone(
                "quantize",
                model(),
                "--calibrate",
                data(),
                "-o",
                out,
                "--keep-fp32",
                conv,
                "--images",
                8,
                "--plan",
                "all");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("in FP32: Conv '" + conv + "': kept in FP32 on request");
    }

    @Test
    void weightsAreListed() throws IOException {
        JsonNode shown = new ObjectMapper()
                .readTree(hone("show", model(), "--json", "--weights").out());
        long trainable = 0;
        boolean found = false;
        for (JsonNode weight : shown.get("weights")) {
            trainable += weight.get("trainable").asBoolean() ? 1 : 0;
            if (weight.get("name").asText().equals("fc.bias")) {
                found = true;
                assertThat(weight.get("shape").toString()).isEqualTo("[6]");
                assertThat(weight.get("count").asInt()).isEqualTo(6);
                assertThat(weight.get("trainable").asBoolean()).isTrue();
            }
            if (weight.get("name").asText().endsWith("running_mean")) {
                assertThat(weight.get("trainable").asBoolean()).isFalse();
            }
        }
        assertThat(found).isTrue();
        // Eleven convolutions with batch norms (three weights each), a last layer with weight and bias.
        assertThat(trainable).isEqualTo(11 * 3 + 2);
        assertThat(hone("show", int8(), "--weights").out()).contains("int8[");
    }

    @Test
    void namesSomeClassesWhereAnotherIsAskedFor() {
        List<String> labels =
                IntStream.range(0, 1000).mapToObj(i -> "class" + i).toList();
        assertThatThrownBy(() -> input(labels).index("crack"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("no class 'crack', the model's are [class0, class1,")
                .hasMessageContaining("class19] and 980 more");
        assertThatThrownBy(() -> input(List.of("good", "dent")).index("crack"))
                .hasMessage("no class 'crack', the model's are [good, dent]");
        assertThat(input(labels).index("class700")).isEqualTo(700);
        assertThat(input(labels).index("31")).isEqualTo(31);
    }

    private static ImageInput input(List<String> labels) {
        return new ImageInput("x", 1, 0, null, null, null, labels, 1, ClassScores.byNames(new Graph("g")), null);
    }
}
