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
import dev.hone.core.ElementType;
import dev.hone.core.text.Figures;
import dev.hone.core.text.NpzWriter;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explanations with a contrast class. */
class ContrastClassTest {
    @TempDir
    private Path folder;

    private Run run(Object... more) throws IOException {
        return hone(Stream.concat(
                        Stream.of(
                                "explain", model(), anImage(), "-o", folder, "--baselines-by", "black", "--samples", 4),
                        Stream.of(more))
                .toArray());
    }

    private JsonNode line(Object... more) throws IOException {
        return run(Stream.concat(Stream.of("--json"), Stream.of(more)).toArray())
                .document();
    }

    @Test
    void explainsTheDifferenceOfTwoScores() throws IOException {
        JsonNode margin = line("--classes", "crack", "--contrast", "good");
        JsonNode crack = line("--classes", "crack");
        JsonNode good = line("--classes", "good");
        for (String key : new String[] {"score", "expected"}) {
            assertThat(margin.get(key).asDouble())
                    .as(key)
                    .isCloseTo(crack.get(key).asDouble() - good.get(key).asDouble(), within(1e-4));
        }
        assertThat(margin.get("contrast").asText()).isEqualTo("good");
        assertThat(crack.has("contrast")).isFalse();
        // What the model says of the image stays what it is.
        assertThat(margin.get("predicted")).isEqualTo(crack.get("predicted"));
        assertThat(margin.get("probability")).isEqualTo(crack.get("probability"));
    }

    @Test
    void saysSoInWords() throws IOException {
        Run run = run("--classes", "crack", "--contrast", "good");
        assertThat(run.out()).contains("  crack rather than good ");
        assertThat(Figures.error(0.123)).isEqualTo("12.3 %");
        assertThat(Figures.error(10)).isEqualTo("over 100 %");
    }

    @Test
    void refusesAClassAsItsOwnContrast() throws IOException {
        Run named = run("--classes", "good", "--contrast", "good");
        assertThat(named.exit()).isEqualTo(2);
        assertThat(named.err()).contains("--contrast: good is the class to explain");
        String predicted = line().get("predicted").asText();
        Run run = run("--contrast", predicted);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        anImage() + ": the predicted class is the contrast class '" + predicted + "'; name the class");
    }

    @Test
    void predictionsOfThatClassInAFolderAreNoFailures() throws IOException {
        Path parts = data().resolve("test");
        Path maps = folder.resolve("maps");
        Object[] asked = {"explain", model(), parts, "-o", maps, "--method", "grad-cam"};
        int listed = 0;
        for (String than : List.of("crack", "dent", "good", "scratch", "spot", "stain")) {
            Run run = hone(Stream.concat(Stream.of(asked), Stream.of("--contrast", than))
                    .toArray());
            assertThat(run.exit()).as(run.err()).isZero();
            long lines = run.out()
                    .lines()
                    .filter(l -> l.contains("  predicted as the contrast class " + than + " ("))
                    .count();
            assertThat(run.out().lines().filter(l -> l.contains(" rather than " + than + " ")))
                    .hasSize((int) (24 - lines));
            if (lines > 0) {
                String total =
                        lines + " of 24 images are predicted as the contrast class '" + than + "': nothing to contrast";
                assertThat(run.err()).containsOnlyOnce(total);
                assertThat(Files.readString(maps.resolve("index.html"))).contains("Predicted as the contrast class");
                Run again = hone(Stream.concat(Stream.of(asked), Stream.of("--contrast", than))
                        .toArray());
                assertThat(again.out()).isEmpty();
                assertThat(again.err()).contains(total, "24 images were explained before");
            }
            listed += (int) lines;
        }
        assertThat(listed).as("each image is predicted as one class").isEqualTo(24);
    }

    @Test
    void norAmongSeveralImages() throws IOException {
        String predicted = line().get("predicted").asText();
        Run run = run(anImage(), "--contrast", predicted, "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode first =
                new ObjectMapper().readTree(run.out().lines().findFirst().orElseThrow());
        assertThat(first.get("predicted").asText()).isEqualTo(predicted);
        assertThat(first.get("contrast").asText()).isEqualTo(predicted);
        assertThat(first.has("map")).isFalse();
        assertThat(first.has("error")).isFalse();
    }

    @Test
    void namesAnUnknownClassBeforeBaselinesAreRead() throws IOException {
        for (String option : List.of("--classes", "--contrast")) {
            assertThat(hone(
                                    "explain",
                                    model(),
                                    anImage(),
                                    "-o",
                                    folder,
                                    "--baselines",
                                    folder.resolve("missing"),
                                    option,
                                    "nope")
                            .complaint())
                    .contains("no class 'nope', the model's are");
        }
    }

    private static Run ofData(String what, int images, String than) {
        Object[] line = {"explain", model(), what, data(), "--baselines", data(), "--samples", 2, "--json"};
        return hone(Stream.concat(Stream.of(line), Stream.of("--images", images, "--contrast", than))
                .toArray());
    }

    @Test
    void leavesTheImagesOfThatClassOutOfADataSet() throws IOException {
        JsonNode document = ofData("--evaluate", 6, "good").document();
        assertThat(document.get("contrast").asText()).isEqualTo("good");
        assertThat(document.get("images").asInt()).isEqualTo(6);
        // Every one of them has a mask: none is of 'good'.
        assertThat(document.at("/all/gradient-shap/energy/images").asInt()).isEqualTo(6);
    }

    @Test
    void leavesPredictionsOfThatClassOutOfTheGlobalExplanation() throws IOException {
        String[] classes = {"crack", "dent", "good", "scratch", "spot", "stain"};
        int explained = 0;
        int leftOut = 0;
        for (String than : classes) {
            Run run = ofData("--global", 12, than);
            if (run.exit() == 0) {
                JsonNode document = run.document();
                int images = document.get("images").asInt();
                explained += images;
                String first = document.get("findings").get(0).asText();
                String left = "Left out: " + (12 - images)
                        + " of 12 images whose predicted class is the contrast class '" + than + "'";
                assertThat(first.startsWith("Left out")).isEqualTo(images < 12);
                assertThat(images == 12 || first.startsWith(left)).as(first).isTrue();
                leftOut += 12 - images;
                for (JsonNode view : document.get("classes")) {
                    assertThat(view.get("class").asText()).isNotEqualTo(than);
                }
            } else {
                assertThat(run.err()).contains("images is the contrast class '" + than + "'; there is nothing");
            }
        }
        assertThat(explained).isPositive();
        assertThat(leftOut).isPositive();
    }

    /** Scores a, b and a + b of a row (a, b). */
    private Path scores() {
        Graph graph = new Graph("model");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Ops ops = new Ops(graph);
        Tensor weights = Tensor.ofFloats(new float[] {1, 0, 1, 0, 1, 1}, 2, 3);
        graph.addOutput(ops.op("MatMul", x, ops.constant(weights)));
        Path file = folder.resolve("scores.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    @Test
    void saysOfColumnsWhatTheScoreIsComparedWith() throws IOException {
        Path rows = Files.write(folder.resolve("rows.csv"), List.of("a,b", "2,5"));
        Path others = Files.write(folder.resolve("others.csv"), List.of("a,b", "0,0"));
        Path out = folder.resolve("out");
        Object[] line = {"explain", scores(), rows, "--baselines", others, "-o", out, "--classes", 2};
        Run run = hone(Stream.concat(Stream.of(line), Stream.of("--contrast", 0, "--top", 1))
                .toArray());
        assertThat(run.out())
                .startsWith("line 2  class 2 rather than 0  logit margin 5.0000, baselines 0.0000  50 samples")
                .contains("  +5.0000  b");
        assertThat(Files.readString(out.resolve("waterfall-2.svg")))
                .contains("line 2, logit margin of class 2 rather than 0<");
        for (String picture : List.of("bars.svg", "beeswarm.svg")) {
            assertThat(Files.readString(out.resolve(picture))).contains("for class 2 rather than 0, 1 row<");
        }
        assertThat(hone(Stream.concat(Stream.of(line), Stream.of("--top", 1)).toArray())
                        .out())
                .startsWith("line 2  class 2  logit 7.0000");
        JsonNode json = new ObjectMapper()
                .readTree(hone(Stream.concat(Stream.of(line), Stream.of("--contrast", 0, "--json"))
                                .toArray())
                        .out()
                        .lines()
                        .findFirst()
                        .orElseThrow());
        assertThat(json.get("contrast").asInt()).isZero();
        assertThat(json.get("method").asText()).isEqualTo("gradient-shap");
    }

    @Test
    void saysOfStepsWhatTheScoreIsComparedWith() throws IOException {
        Path rows = folder.resolve("rows.npz");
        new NpzWriter().add("x", new float[] {2, 5}, 1, 2).write(rows);
        Path others = folder.resolve("others.npz");
        new NpzWriter().add("x", new float[2], 1, 2).write(others);
        Path out = folder.resolve("out");
        Run run = hone("explain", scores(), rows, "--baselines", others, "-o", out, "--classes", 2, "--contrast", 0);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(out.resolve("steps-0.svg")))
                .contains("row 0, logit margin of class 2 rather than 0<");
        assertThat(Files.readString(out.resolve("bars.svg"))).contains("for class 2 rather than 0, 1 row<");
    }

    @Test
    void rowsNameBothClasses() throws IOException {
        Path rows = Files.write(folder.resolve("rows.csv"), List.of("a,b", "2,5"));
        Object[] line = {"explain", scores(), rows, "--baselines", rows, "-o", folder.resolve("out"), "--contrast", 0};
        assertThat(hone(line).complaint()).contains("--contrast: 0: rows need a class to explain too");
        assertThat(hone(Stream.concat(Stream.of(line), Stream.of("--classes", 0))
                                .toArray())
                        .complaint())
                .contains("--contrast: 0 is the class to explain");
        assertThat(hone(Stream.concat(Stream.of(line), Stream.of("--classes", "good"))
                                .toArray())
                        .complaint())
                .contains("--classes: good: for rows, give the index of the class");
    }
}
