package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explanations of a whole data set. */
class DataExplanationTest {
    @TempDir
    private Path folder;

    @Test
    void judgesExplanationsBesideControls() throws IOException {
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
                6,
                "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("images").asInt()).isEqualTo(6);
        JsonNode all = document.get("all");
        assertThat(all.fieldNames()).toIterable().containsExactly("gradient-shap", "random", "edges");
        for (JsonNode method : all) {
            // Five of six classes have a defect, and a mask.
            assertThat(method.get("energy").get("images").asInt()).isEqualTo(5);
            assertThat(method.get("energy").get("mean").asDouble()).isBetween(0.0, 1.0);
            assertThat(method.get("deletion").get("mean").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(all.get("gradient-shap").get("sensitivity").get("mean").asDouble())
                .isPositive();
        assertThat(all.get("random").has("sensitivity")).isFalse();
        // Noise has on the mask what the mask has of the area.
        double area = 0;
        for (JsonNode label : document.get("classes")) {
            area += label.get("maskArea").get("mean").asDouble() / 5;
        }
        assertThat(all.get("random").get("energy").get("mean").asDouble() / area)
                .isBetween(0.8, 1.2);
        assertThat(document.get("classes").has("good")).isFalse();
    }

    @Test
    void showsWhatTheModelLooksAt() throws IOException {
        Path page = folder.resolve("global.html");
        Run run = hone(
                "explain",
                model(),
                "--global",
                data(),
                "--baselines",
                data(),
                "--images",
                6,
                "--samples",
                6,
                "--json",
                "--region",
                "80,90,20,10",
                "-o",
                page);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.get("images").asInt()).isEqualTo(6);
        assertThat(document.get("leastCertain")).hasSize(6);
        int of = 0;
        for (JsonNode view : document.get("classes")) {
            of += view.get("images").asInt();
            assertThat(view.get("prototypes")).isNotEmpty();
        }
        assertThat(of).isEqualTo(6);
        // The defect, the border, four corners, the given region.
        assertThat(document.get("regions")).hasSize(7);
        // Of 64 pixels a side: 52 inside a frame of a tenth, by the middles of pixels.
        assertThat(document.get("regions").get(1).get("area").asDouble()).isCloseTo(1 - 52 * 52 / 4096.0, within(1e-6));
        assertThat(document.get("verdicts").get(0).asText()).contains("the defect");
        assertThat(Files.readString(page)).contains("Prototypes", "the region 80,90,20,10", "data:image/png");
    }

    @Test
    void complainsOfMasksAndMethodsThatAreNotThere() {
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--masks", "none")
                        .complaint())
                .contains("--masks none: no such folder");
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--methods", "guess")
                        .complaint())
                .contains("'guess'", "gradient-shap");
        assertThat(hone(
                                "explain",
                                model(),
                                "--global",
                                data(),
                                "--baselines",
                                data(),
                                "--json",
                                "--region",
                                "90,90,20,10")
                        .complaint())
                .contains("--region 90,90,20,10: expected LEFT,TOP,WIDTH,HEIGHT");
        assertThat(hone("explain", model(), "--global", data(), "--baselines", data())
                        .complaint())
                .contains("--global needs -o");
        assertThat(hone("explain", model()).complaint()).contains("expected images to explain");
    }
}
