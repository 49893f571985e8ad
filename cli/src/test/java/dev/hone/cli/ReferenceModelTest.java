package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.int8;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.explain.quality.MapAgreement;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model explained beside the one that it was made from. */
class ReferenceModelTest {
    @TempDir
    private Path folder;

    private JsonNode explain(Path model, Object... more) throws IOException {
        Run run = hone(Stream.concat(
                        Stream.of("explain", model, anImage(), "--baselines", data(), "-o", folder, "--json"),
                        Stream.of(more))
                .toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void measuresHowFarTwoMapsAgree() {
        HeatMap map = new HeatMap(1, 5, new float[] {1, 2, 3, 4, 5}, true);
        HeatMap other = new HeatMap(1, 5, new float[] {2, 1, 3, 4, 5}, true);
        // 1 - 6 sum d^2 / (n (n^2 - 1)) by Spearman, and sqrt(2 / 55).
        MapAgreement agreement = MapAgreement.of(map.values(), other.values(), false);
        assertThat(agreement.rankCorrelation()).isCloseTo(0.9, within(1e-12));
        assertThat(agreement.relativeDifference()).isCloseTo(Math.sqrt(2 / 55.0), within(1e-7));
        MapAgreement mean = MapAgreement.mean(List.of(agreement, MapAgreement.of(map.values(), map.values(), true)));
        assertThat(mean.rankCorrelation()).isCloseTo(0.95, within(1e-12));
        assertThat(mean.samePrediction()).isEqualTo(0.5);
    }

    @Test
    void explainsAnInt8ModelAndItsFp32Reference() throws IOException {
        JsonNode alone = explain(int8());
        Image single = ImageFiles.read(Path.of(alone.get("map").asText()));
        JsonNode line = explain(int8(), "--against", model());
        // One picture more.
        assertThat(ImageFiles.read(Path.of(line.get("map").asText())).width() - single.width())
                .isEqualTo(420 + 12);
        // The file itself is explained, not the other one.
        assertThat(line.get("score")).isEqualTo(alone.get("score"));
        assertThat(line.get("expected")).isEqualTo(alone.get("expected"));
        JsonNode reference = line.get("against");
        JsonNode itself = explain(model(), "--classes", line.get("explained").asText());
        assertThat(reference.get("score").asDouble())
                .isEqualTo(itself.get("score").asDouble());
        assertThat(reference.get("score").asDouble())
                .isNotEqualTo(line.get("score").asDouble());
        assertThat(reference.get("rankCorrelation").asDouble()).isBetween(0.8, 0.999999);
        assertThat(reference.get("relativeDifference").asDouble()).isBetween(1e-6, 0.6);
        assertThat(reference.get("samePrediction").asBoolean())
                .isEqualTo(reference.get("predicted").equals(line.get("predicted")));

        JsonNode same = explain(model(), "--against", model()).get("against");
        assertThat(same.get("rankCorrelation").asDouble()).isEqualTo(1);
        assertThat(same.get("relativeDifference").asDouble()).isZero();
        assertThat(same.get("samePrediction").asBoolean()).isTrue();
    }

    @Test
    void theReportTellsTheMeanAgreement() throws IOException {
        Path report = folder.resolve("report.html");
        assertThat(hone("evaluate", model(), data(), "--against", int8(), "--report", report)
                        .exit())
                .isZero();
        assertThat(Files.readString(report))
                .contains(
                        "Explanations: agreement with model.int8.onnx",
                        "from the same samples",
                        "mean rank correlation 0.");
    }

    @Test
    void refusesAReferenceModelOfOtherImages() throws IOException {
        Path other = folder.resolve("small.onnx");
        assertThat(hone("train", data(), "-o", other, "--epochs", 1, "--width", 0.25, "--size", 32)
                        .exit())
                .isZero();
        Object[] line = {"explain", model(), anImage(), "--baselines", data(), "-o", folder, "--against"};
        Stream<Object> more = Stream.of(other);
        assertThat(hone(Stream.concat(Stream.of(line), more).toArray()).complaint())
                .contains("small.onnx takes images of 1 x 32 x 32,", "only models of the same images")
                .doesNotContain("Form[");
        assertThat(hone(
                                "explain",
                                model(),
                                anImage(),
                                "--baselines",
                                data(),
                                "-o",
                                folder,
                                "--against",
                                model(),
                                "--error",
                                0.1)
                        .complaint())
                .contains("--error: both models are explained with the same samples");
    }
}
