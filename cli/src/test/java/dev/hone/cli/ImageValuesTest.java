package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.jobs.NumpyInputs;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbers behind the pictures add up to what the line says. */
class ImageValuesTest {
    @TempDir
    private Path folder;

    private JsonNode explain(Object... more) throws IOException {
        Object[] line = {
            "explain", model(), anImage(), "--baselines", data(), "-o", folder, "--json", "--values", "--samples", 400
        };
        Run run = hone(Stream.concat(Stream.of(line), Stream.of(more)).toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static NativeTensor array(JsonNode line, String name) throws IOException {
        return new NumpyInputs(Path.of(line.get("values").asText())).all(name);
    }

    private static double sum(NativeTensor tensor) {
        double sum = 0;
        for (float value : tensor.floats()) {
            sum += value;
        }
        return sum;
    }

    /** What is compared with is part of the question: another seed's map answers the same one. */
    @Test
    void mapsOfTwoSeedsDifferByWhatTheirErrorsSay() throws IOException {
        JsonNode first = explain("--seed", 1, "--baseline-count", 4);
        float[] one;
        try (NativeTensor attribution = array(first, "attribution")) {
            one = attribution.floats();
        }
        JsonNode second = explain("--seed", 2, "--baseline-count", 4);
        assertThat(second.get("expected")).isEqualTo(first.get("expected"));
        double squares = 0;
        double apart = 0;
        try (NativeTensor attribution = array(second, "attribution")) {
            float[] other = attribution.floats();
            for (int i = 0; i < one.length; i++) {
                squares += (double) one[i] * one[i];
                apart += Math.pow(one[i] - other[i], 2);
            }
        }
        double stated = Math.hypot(
                first.get("relativeError").asDouble(),
                second.get("relativeError").asDouble());
        assertThat(Math.sqrt(apart / squares)).isPositive().isLessThan(1.5 * stated);
    }

    @Test
    void ofPixels() throws IOException {
        JsonNode line = explain();
        try (NativeTensor attribution = array(line, "attribution");
                NativeTensor error = array(line, "standard_error");
                NativeTensor score = array(line, "score")) {
            assertThat(attribution.dims()).containsExactly(1, 1, 64, 64);
            assertThat(error.dims()).containsExactly(1, 1, 64, 64);
            double difference =
                    line.get("score").asDouble() - line.get("expected").asDouble();
            double stated = line.get("additivityError").asDouble();
            assertThat(Math.abs(sum(attribution) - difference) / Math.abs(difference))
                    .isCloseTo(stated, within(1e-4));
            assertThat(score.floats()[0]).isEqualTo((float) line.get("score").asDouble());
            double norm = 0;
            double errors = 0;
            for (int i = 0; i < 64 * 64; i++) {
                norm += Math.pow(attribution.floats()[i], 2);
                errors += Math.pow(error.floats()[i], 2);
            }
            // The map's stated error is that of its elements together.
            assertThat(Math.sqrt(errors / norm))
                    .isCloseTo(line.get("relativeError").asDouble(), within(0.05));
        }
        assertThat(Path.of(line.get("values").asText().replace(".npz", ".csv"))).doesNotExist();
    }

    @Test
    void ofGroupsAsATableToo() throws IOException {
        JsonNode line = explain("--grid", 32, "--method", "kernel-shap");
        Path numbers = Path.of(line.get("values").asText());
        List<String> table = Files.readAllLines(Path.of(numbers.toString().replace(".npz", ".csv")));
        assertThat(table).hasSize(5);
        assertThat(table.get(0)).isEqualTo("group,name,elements,attribution,standard error");
        assertThat(table.get(4)).startsWith("3,\"row 32, column 32\",1024,");
        double sum = table.stream()
                .skip(1)
                .mapToDouble(row -> Double.parseDouble(row.split(",")[4]))
                .sum();
        assertThat(sum)
                .isCloseTo(line.get("score").asDouble() - line.get("expected").asDouble(), within(1e-4));
        try (NativeTensor group = array(line, "group")) {
            assertThat(group.dims()).containsExactly(1, 64, 64);
            assertThat(group.floats()[31]).isZero();
            assertThat(group.floats()[32]).isEqualTo(1);
            assertThat(group.floats()[64 * 32]).isEqualTo(2);
        }
    }

    @Test
    void ofSeveralClasses() throws IOException {
        List<String> labels = List.of("scratch", "good", "dent");
        Run run = hone(
                "explain",
                model(),
                anImage(),
                "--baselines",
                data(),
                "-o",
                folder,
                "--json",
                "--values",
                "--classes",
                String.join(",", labels),
                "--samples",
                400);
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSameSizeAs(labels);
        for (int k = 0; k < labels.size(); k++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(k));
            assertThat(line.get("explained").asText()).isEqualTo(labels.get(k));
            assertThat(line.get("map").asText()).endsWith("-" + labels.get(k) + ".png");
            assertThat(Path.of(line.get("map").asText())).isNotEmptyFile();
            JsonNode alone = explain("--classes", labels.get(k));
            assertThat(line.get("score")).isEqualTo(alone.get("score"));
            try (NativeTensor together = array(line, "attribution");
                    NativeTensor single = array(alone, "attribution")) {
                assertThat(sum(together)).isCloseTo(sum(single), within(1e-4));
            }
        }
    }
}
