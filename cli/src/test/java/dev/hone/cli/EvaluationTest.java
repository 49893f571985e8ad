package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.text.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code evaluate} says first, thresholds by cost, the list of errors, and data that say little. */
class EvaluationTest {
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

    /** A list of images, their folders their labels. */
    private Path csv(String name, String split, List<Path> images) throws IOException {
        StringBuilder text = new StringBuilder("path,label,split\n");
        for (Path image : images) {
            text.append(image + "," + image.getParent().getFileName() + "," + split + "\n");
        }
        return Files.writeString(folder.resolve(name), text);
    }

    /**
     * Cost of a part, by predictions of single images.
     *
     * @param threshold NaN for that of the model
     */
    private static double cost(Path with, String split, double threshold) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("predict", with));
        arguments.addAll(images(split));
        double[] wrong = {0, 0};
        double[] all = {0, 0};
        for (String line : hone(arguments.toArray()).out().lines().toList()) {
            JsonNode node = new ObjectMapper().readTree(line);
            boolean good = Path.of(node.get("image").asText()).getParent().endsWith("good");
            float score = 1 - (float) node.get("probabilities").get("good").asDouble();
            all[good ? 0 : 1]++;
            boolean rejected = Double.isNaN(threshold) ? node.get("rejected").asBoolean() : score >= threshold;
            wrong[good ? 0 : 1] += rejected == good ? 1 : 0;
        }
        return 0.1 * 100 * wrong[1] / all[1] + 0.9 * wrong[0] / all[0];
    }

    @Test
    void theCheapestThresholdOfTheValidationImagesIsStored() throws IOException {
        Path line = folder.resolve("line.onnx");
        JsonNode document = json(hone(
                "evaluate",
                model(),
                data(),
                "--cost-escape",
                100,
                "--cost-overkill",
                1,
                "--defect-rate",
                0.1,
                "--set-threshold",
                line,
                "--json"));
        JsonNode chosen = document.get("chosen");
        assertThat(chosen.get("which").asText()).isEqualTo("validation");
        double threshold = chosen.get("value").asDouble();
        double least = cost(line, "val", Double.NaN);
        assertThat(chosen.get("costPerPart").asDouble()).isCloseTo(least, within(1e-4));
        for (double other = 0.02; other < 1; other += 0.07) {
            assertThat(cost(model(), "val", other)).isGreaterThanOrEqualTo(least - 1e-4);
        }
        assertThat(document.get("model").get("threshold").get("value").asDouble())
                .isEqualTo(threshold);
        JsonNode metadata = json(hone("show", line, "--json")).get("metadata");
        assertThat(metadata.get("hone.threshold").asDouble()).isEqualTo(threshold);
        assertThat(metadata.get("hone.threshold.samples").asText()).startsWith("validation,images,");
        assertThat(metadata.get("hone.provenance.done").asText()).contains("cost 100.0 of an escape");
        // 4 good and 20 defective validation images: any threshold chosen on them is uncertain, later too.
        assertThat(json(hone("evaluate", line, data(), "--json"))
                        .get("cautions")
                        .toString())
                .contains("chosen on too few validation images: with 4 good and 20 defective ones");
    }

    @Test
    void costsDecideWithoutBeingStored() throws IOException {
        JsonNode document =
                json(hone("evaluate", model(), data(), "--cost-escape", 100, "--cost-overkill", 1, "--json"));
        assertThat(document.get("model").get("file").asText()).isEqualTo(model().toString());
        assertThat(document.get("model").get("threshold").get("value").asDouble())
                .isEqualTo(document.get("chosen").get("value").asDouble());
        assertThat(json(hone("show", model(), "--json")).get("metadata").has("hone.threshold"))
                .isFalse();
    }

    @Test
    void costsThatMakeNoSense() throws IOException {
        Object[] line = {"evaluate", model(), data()};
        assertThat(hone(with(line, "--cost-escape", 1)).complaint()).contains("--cost-escape", "give both");
        assertThat(hone(with(line, "--cost-overkill", 1)).complaint()).contains("--cost-overkill", "give both");
        assertThat(hone(with(line, "--cost-escape", 0, "--cost-overkill", 0)).complaint())
                .contains("one at least is above 0");
        assertThat(hone(with(line, "--cost-escape", 1, "--cost-overkill", 1, "--escape", 0.1))
                        .complaint())
                .contains("no limit");
        assertThat(hone(with(line, "--defect-rate", 0.1)).complaint()).contains("--defect-rate", "none are given");
        Path tests = csv("tests.csv", "test", images("test"));
        assertThat(hone("evaluate", model(), tests, "--cost-escape", 9, "--cost-overkill", 1)
                        .complaint())
                .contains("has test images only");
    }

    private static Object[] with(Object[] line, Object... more) {
        return Stream.concat(Stream.of(line), Stream.of(more)).toArray();
    }

    @Test
    void whatALineAsksForComesFirst() throws IOException {
        String out = hone("evaluate", model(), data()).out();
        assertThat(out.indexOf("escape rate")).isPositive().isLessThan(out.indexOf("overkill"));
        assertThat(out.indexOf("overkill")).isLessThan(out.indexOf("macro F1"));
        assertThat(out.indexOf("macro F1")).isLessThan(out.indexOf("accuracy"));
        assertThat(out).contains("95 % interval", "always '", "calibration error", "15 bins of equal width");
        JsonNode document = json(hone("evaluate", model(), data(), "--json")).get("model");
        List<String> keys = new ArrayList<>();
        document.fieldNames().forEachRemaining(keys::add);
        assertThat(keys.indexOf("decisions")).isLessThan(keys.indexOf("macroF1"));
        assertThat(document.get("decisions").fieldNames().next()).isEqualTo("escapeRate");
        JsonNode interval = document.get("macroF1Interval95");
        assertThat(document.get("macroF1").asDouble())
                .isBetween(interval.get(0).asDouble(), interval.get(1).asDouble());
    }

    @Test
    void everyErrorIsListedWithItsMap() throws IOException {
        Path errors = folder.resolve("errors");
        Path report = folder.resolve("report.html");
        Run run = hone("evaluate", model(), data(), "--errors", errors, "--report", report, "--json");
        JsonNode confusion = json(run).get("model").get("confusion");
        int wrong = 0;
        for (int i = 0; i < confusion.size(); i++) {
            for (int j = 0; j < confusion.size(); j++) {
                wrong += i == j ? 0 : confusion.get(i).get(j).asInt();
            }
        }
        List<Csv.Row> rows = Csv.read(errors.resolve("errors.csv"));
        assertThat(rows.get(0).cells())
                .containsExactly("image", "kind", "actual", "predicted", "probability", "p_actual", "map");
        assertThat(rows).hasSize(wrong + 1);
        String page = Files.readString(errors.resolve("index.html"));
        String kinds = "";
        for (Csv.Row row : rows.subList(1, rows.size())) {
            List<String> cells = row.cells();
            assertThat(cells.get(2)).isNotEqualTo(cells.get(3));
            assertThat(cells.get(1))
                    .isEqualTo(
                            cells.get(3).equals("good")
                                    ? "escape"
                                    : cells.get(2).equals("good") ? "overkill" : "wrong-class");
            assertThat(errors.resolve(cells.get(6))).exists();
            assertThat(page).contains(cells.get(6), cells.get(0));
            kinds += kinds.endsWith(cells.get(1)) ? "" : cells.get(1);
        }
        assertThat("escapeoverkillwrong-class").contains(kinds.replace("escapewrong", "escapeoverkillwrong"));
        assertThat(Files.readString(report)).contains("href=\"errors/index.html\"");
    }

    @Test
    void errorsAreNotWrittenAmongTheImages() throws IOException {
        assertThat(hone("evaluate", model(), data(), "--errors", data().resolve("errors"))
                        .complaint())
                .contains("is in the folder of the evaluated images");
    }

    @Test
    void fourImagesOfOneClass() throws IOException {
        List<Path> good = images("test").stream()
                .filter(image -> image.getParent().endsWith("good"))
                .toList();
        JsonNode document = json(hone(
                "evaluate", model(), csv("good.csv", "test", good), "--report", folder.resolve("r.html"), "--json"));
        JsonNode decisions = document.get("model").get("decisions");
        assertThat(decisions.get("escapeRate").get("share").isNull()).isTrue();
        assertThat(decisions.get("escapeRate").get("interval95").toString()).isEqualTo("[0.0,1.0]");
        JsonNode overkill = decisions.get("overkill").get("interval95");
        assertThat(overkill.get(1).asDouble() - overkill.get(0).asDouble()).isGreaterThan(0.4);
        assertThat(document.get("model").get("rocAuc").isNull()).isTrue();
        assertThat(document.get("cautions").toString())
                .contains("Nothing is known of", "The escape rate is unknown", "The overkill is hardly known from 4");
        assertThat(Files.readString(folder.resolve("r.html")).replaceAll("base64,[^\"]*", ""))
                .doesNotContain("NaN", "Infinity");
    }
}
