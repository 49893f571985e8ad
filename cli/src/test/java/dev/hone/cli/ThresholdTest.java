package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A threshold chosen by {@code evaluate}, what predict and evaluate do with it, and where none can be chosen. */
class ThresholdTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-5);

    @TempDir
    private Path folder;

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static List<Path> images(String split) throws IOException {
        try (Stream<Path> files = Files.walk(data().resolve(split))) {
            return files.filter(f -> f.toString().endsWith(".png")).sorted().toList();
        }
    }

    private static List<JsonNode> predict(Path with, String split) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("predict", with));
        arguments.addAll(images(split));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : hone(arguments.toArray()).out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static boolean isGood(JsonNode line) {
        return Path.of(line.get("image").asText()).getParent().endsWith("good");
    }

    /** Shares of good parts rejected and of defective ones passed, by the verdicts. */
    private static double[] shares(List<JsonNode> lines) {
        double[] rejected = {0, 0};
        double[] all = {0, 0};
        for (JsonNode line : lines) {
            int kind = isGood(line) ? 0 : 1;
            all[kind]++;
            rejected[kind] += line.get("rejected").asBoolean() ? 1 : 0;
            assertThat(line.get("rejected").asBoolean())
                    .isNotEqualTo(line.get("class").asText().equals("good"));
        }
        return new double[] {rejected[0] / all[0], 1 - rejected[1] / all[1]};
    }

    @Test
    void predictRejectsAsManyAsWereAllowedOnTheValidationImages() throws IOException {
        Path line = folder.resolve("line.onnx");
        for (String limit : List.of("--overkill 0.25", "--escape 0.3", "--escape 0")) {
            String[] words = limit.split(" ");
            double share = Double.parseDouble(words[1]);
            JsonNode document =
                    json(hone("evaluate", model(), data(), words[0], words[1], "--set-threshold", line, "--json"));
            JsonNode chosen = document.get("chosen");
            assertThat(chosen.get("which").asText()).isEqualTo("validation");
            assertThat(chosen.get("images").asInt()).isEqualTo(24);
            double[] validation = shares(predict(line, "val"));
            assertThat(validation[words[0].equals("--overkill") ? 0 : 1]).isLessThanOrEqualTo(share + 1e-9);
            assertThat(validation[0]).isCloseTo(chosen.get("overkill").asDouble(), CLOSE);
            assertThat(validation[1]).isCloseTo(chosen.get("escapeRate").asDouble(), CLOSE);
            // The figures are those of the copy on the test images.
            JsonNode judged = document.get("model");
            assertThat(judged.get("file").asText()).isEqualTo(line.toString());
            double[] test = shares(predict(line, "test"));
            assertThat(test[0])
                    .isCloseTo(judged.get("threshold").get("overkill").asDouble(), CLOSE);
            assertThat(test[1])
                    .isCloseTo(judged.get("threshold").get("escapeRate").asDouble(), CLOSE);
            assertThat(json(hone("evaluate", line, data(), words[0], words[1], "--json"))
                            .get("model"))
                    .isEqualTo(judged);
        }
        JsonNode metadata = json(hone("show", line, "--json")).get("metadata");
        assertThat(metadata.get("hone.threshold").asDouble()).isBetween(0.0, 1.0);
        assertThat(metadata.get("hone.provenance.done").asText())
                .isEqualTo("[\"train\",\"threshold escape rate 0.0 validation\"]");
    }

    @Test
    void aModelWithoutAThresholdGoesByTheMostProbableClass() throws IOException {
        for (JsonNode line : predict(model(), "test")) {
            assertThat(line.has("rejected")).isFalse();
            for (JsonNode probability : line.get("probabilities")) {
                assertThat(probability.asDouble())
                        .isLessThanOrEqualTo(line.get("probability").asDouble());
            }
        }
    }

    @Test
    void noThresholdIsChosenOnTestImages() throws IOException {
        Path line = folder.resolve("line.onnx");
        StringBuilder csv = new StringBuilder("path,label,split\n");
        for (Path image : images("test")) {
            csv.append(image)
                    .append(',')
                    .append(image.getParent().getFileName())
                    .append(",test\n");
        }
        Path tests = Files.writeString(folder.resolve("tests.csv"), csv);
        assertThat(hone("evaluate", model(), tests, "--set-threshold", line).complaint())
                .contains("has test images only");
        assertThat(hone("evaluate", model(), data(), "--overkill", 0.1, "--escape", 0.1)
                        .complaint())
                .contains("give one of them");
        assertThat(hone("evaluate", model(), data(), "--escape", 2).complaint())
                .contains("--escape: 2, expected a value from 0 to 1");
        assertThat(line).doesNotExist();
    }
}
