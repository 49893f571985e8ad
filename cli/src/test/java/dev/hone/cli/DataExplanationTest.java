package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Explanations of a whole data set. */
class DataExplanationTest {
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
    void complainsOfMasksAndMethodsThatAreNotThere() {
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--masks", "none")
                        .complaint())
                .contains("--masks none: no such folder");
        assertThat(hone("explain", model(), "--evaluate", data(), "--baselines", data(), "--methods", "guess")
                        .complaint())
                .contains("'guess'", "gradient-shap");
        assertThat(hone("explain", model()).complaint()).contains("expected images to explain");
    }
}
