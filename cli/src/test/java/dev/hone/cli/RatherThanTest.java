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
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a class rather than another. */
class RatherThanTest {
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
        Run run = run(Stream.concat(Stream.of("--json"), Stream.of(more)).toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void explainsTheDifferenceOfTwoScores() throws IOException {
        JsonNode margin = line("--class", "crack", "--rather-than", "good");
        JsonNode crack = line("--class", "crack");
        JsonNode good = line("--class", "good");
        for (String key : new String[] {"score", "expected"}) {
            assertThat(margin.get(key).asDouble())
                    .as(key)
                    .isCloseTo(crack.get(key).asDouble() - good.get(key).asDouble(), within(1e-4));
        }
        assertThat(margin.get("ratherThan").asText()).isEqualTo("good");
        assertThat(crack.has("ratherThan")).isFalse();
        // What the model says of the image stays what it is.
        assertThat(margin.get("verdict")).isEqualTo(crack.get("verdict"));
        assertThat(margin.get("probability")).isEqualTo(crack.get("probability"));
    }

    @Test
    void refusesAClassRatherThanItself() throws IOException {
        Run named = run("--class", "good", "--rather-than", "good");
        assertThat(named.exit()).isEqualTo(2);
        assertThat(named.err()).contains("--rather-than good: the class to explain is compared with itself");
        String verdict = line().get("verdict").asText();
        Run run = run("--rather-than", verdict);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains(anImage() + ": the verdict is '" + verdict + "', the class to compare with; name the class");
    }

    @Test
    void leavesTheImagesOfThatClassOutOfADataSet() throws IOException {
        Run run = hone(
                "explain",
                model(),
                "--evaluate",
                data(),
                "--baselines",
                data(),
                "--images",
                6,
                "--samples",
                2,
                "--rather-than",
                "good",
                "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("ratherThan").asText()).isEqualTo("good");
        assertThat(document.get("images").asInt()).isEqualTo(6);
        // Every one of them has a mask: none is of 'good'.
        assertThat(document.at("/all/gradient-shap/energy/images").asInt()).isEqualTo(6);
    }

    @Test
    void leavesVerdictsOfThatClassOutOfTheGlobalView() throws IOException {
        String[] classes = {"crack", "dent", "good", "scratch", "spot", "stain"};
        int explained = 0;
        for (String than : classes) {
            Run run = hone(
                    "explain",
                    model(),
                    "--global",
                    data(),
                    "--baselines",
                    data(),
                    "--images",
                    12,
                    "--samples",
                    2,
                    "--rather-than",
                    than,
                    "--json");
            if (run.exit() == 0) {
                JsonNode document = new ObjectMapper().readTree(run.out());
                explained += document.get("images").asInt();
                for (JsonNode view : document.get("classes")) {
                    assertThat(view.get("class").asText()).isNotEqualTo(than);
                }
            } else {
                assertThat(run.err()).contains("is '" + than + "', the class to compare with; there is nothing");
            }
        }
        assertThat(explained).isPositive();
    }
}
