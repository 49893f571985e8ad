package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.model.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that takes a model takes a TFLite file. */
class TfliteCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path network;

    @BeforeEach
    void writeNetwork() throws IOException {
        network = TfliteVectors.write("network_float", folder);
    }

    private static String passed(Object... arguments) {
        Run run = hone(arguments);
        assertThat(run.exit()).as(run.err()).isZero();
        return run.out();
    }

    private static void refused(List<String> parts, Object... arguments) {
        Run run = hone(arguments);
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(parts).doesNotContain("Exception");
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void show() throws IOException {
        JsonNode shown = JSON.readTree(passed("show", network, "--json"));
        assertThat(shown.get("inputs").toString()).contains("input0").contains("N,3,16,16");
        assertThat(shown.toString()).contains("TFLite");
        assertThat(passed("show", network)).contains("probabilities (Softmax");
    }

    @Test
    void predictNamesTheClassesOfItsMetadata() throws IOException {
        Path labelled = TfliteVectors.write("labelled", folder);
        JsonNode line = JSON.readTree(passed("predict", labelled, anImage()));
        assertThat(line.get("probabilities").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("good", "crack", "flux residue", "missing");
    }

    /** The same image as bytes to the model without its normalization inside, brought to -1 to 1 by default. */
    @Test
    void pixelsAreSymmetricWhereNothingIsSaid() throws IOException {
        String usual = passed("predict", network, anImage());
        assertThat(JSON.readTree(usual).get("probabilities"))
                .isEqualTo(JSON.readTree(passed("predict", network, anImage(), "--pixels", "symmetric"))
                        .get("probabilities"))
                .isNotEqualTo(JSON.readTree(passed("predict", network, anImage(), "--pixels", "unit"))
                        .get("probabilities"));
    }

    @Test
    void quantizedToOnnx() throws IOException {
        Path to = folder.resolve("int8.onnx");
        passed("quantize", network, "--calibrate", data(), "--images", 16, "--plan", "all", "-o", to);
        assertThat(ModelFiles.read(to).graph().nodes()).anyMatch(node -> node.is("QuantizeLinear"));
        passed("predict", to, anImage());
    }

    @Test
    void explained() throws IOException {
        Path maps = folder.resolve("maps");
        passed("explain", network, anImage(), "--baselines-by", "black", "--samples", 4, "-o", maps);
        assertThat(maps).isNotEmptyDirectory();
    }

    @Test
    void measuredAgainstOnnx() {
        assertThat(passed("bench", network, "--seconds", 0.1)).contains("latency");
    }

    @Test
    void fineTuned() throws IOException {
        Path to = folder.resolve("tuned.onnx");
        passed("train", data(), "--from", network, "--epochs", 1, "-o", to);
        assertThat(ModelFiles.read(to).metadata()).containsKey("hone.labels");
    }

    @Test
    void aQuantizedFileIsRunAsItIs() throws IOException {
        for (String name : List.of("network_int8", "network_uint8")) {
            Path file = TfliteVectors.write(name, folder);
            assertThat(passed("show", file)).contains("uint8[N,3,16,16]");
            passed("predict", file, anImage());
            refused(
                    List.of("is quantized already"),
                    "quantize",
                    file,
                    "--calibrate",
                    data(),
                    "-o",
                    folder.resolve("q.onnx"));
        }
    }

    /** Its first bytes say what a file is. */
    @Test
    void theNameDoesNotMatter() throws IOException {
        Path named = Files.copy(network, folder.resolve("network.onnx"));
        assertThat(passed("show", named)).contains("TFLite");
        Path onnx = Files.copy(model(), folder.resolve("model.tflite"));
        passed("predict", onnx, anImage());
    }

    @Test
    void nothingIsWrittenAsTflite() {
        refused(
                List.of("models are written as ONNX, not as TFLite", ".onnx"),
                "quantize",
                network,
                "--calibrate",
                data(),
                "-o",
                folder.resolve("small.tflite"));
    }

    @Test
    void theFileIsNotWrittenOver() throws IOException {
        Path named = Files.copy(network, folder.resolve("same.onnx"));
        byte[] before = Files.readAllBytes(named);
        Run run = hone("quantize", named, "--calibrate", data(), "-o", named);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(named).hasBinaryContent(before);
    }

    @Test
    void badFilesGiveALine() throws IOException {
        byte[] whole = Files.readAllBytes(network);
        Path cut = Files.write(folder.resolve("cut.tflite"), Arrays.copyOf(whole, whole.length / 2));
        Path other = Files.write(folder.resolve("other.tflite"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
        Path unknown = TfliteVectors.write("unsupported", folder);
        for (String command : List.of("show", "predict", "bench")) {
            Object[] more = command.equals("predict") ? new Object[] {anImage()} : new Object[0];
            refused(List.of("truncated or damaged TFLite model"), with(command, cut, more));
            refused(List.of("is not a TFLite model"), with(command, other, more));
            refused(List.of("not supported: SVDF, custom Made_Up"), with(command, unknown, more));
        }
    }

    private static Object[] with(String command, Path file, Object... more) {
        Object[] all = new Object[2 + more.length];
        all[0] = command;
        all[1] = file;
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }
}
