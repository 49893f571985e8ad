package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone run}, and {@code --config} of the other commands. */
class RecipeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aRecipeRunsAndResumes() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "version: 1\njobs:\n  - quantize:\n      model: " + model() + "\n      output: "
                        + folder.resolve("half.onnx") + "\n      method: fp16\n  - show: {model: "
                        + folder.resolve("half.onnx") + "}\n");
        Run first = hone("run", recipe);
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).contains("half.onnx", "opset");
        assertThat(first.err()).contains("job 1 of 2, quantize", "job 2 of 2, show");
        JsonNode second = hone("run", recipe, "--json").document().get("jobs");
        assertThat(second.findValuesAsText("ran")).containsExactly("false", "false");
        JsonNode third = hone("run", recipe, "--json", "--restart").document().get("jobs");
        assertThat(third.get(0).at("/result/method").asText()).isEqualTo("fp16");
    }

    @Test
    void aMistakeIsFoundBeforeTheFirstJobRuns() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "version: 1\njobs:\n  - quantize: {model: " + model() + ", output: " + folder.resolve("half.onnx")
                        + ", method: fp16}\n  - show: {modle: half.onnx}\n");
        assertThat(hone("run", recipe).complaint())
                .contains("recipe.yaml line 4, column 12: 'modle' is not an option of show; did you mean 'model'?");
        assertThat(folder.resolve("half.onnx")).doesNotExist();
    }

    @Test
    void theCommandLineOverridesTheFile() throws IOException {
        Path config = Files.writeString(
                folder.resolve("half.yaml"),
                "version: 1\nmodel: " + model() + "\noutput: " + folder.resolve("a.onnx") + "\nmethod: fp16\n");
        assertThat(hone("quantize", "--config", config).exit()).isZero();
        assertThat(folder.resolve("a.onnx")).exists();
        Run overridden = hone("quantize", "--config=" + config, "-o", folder.resolve("b.onnx"), "--method", "bf16");
        assertThat(overridden.exit()).as(overridden.err()).isZero();
        assertThat(overridden.out()).contains("b.onnx", "BF16 weights, computing in FP32");
        Files.writeString(config, "version: 1\nmethod: fp61\n");
        assertThat(hone("quantize", "--config", config, model(), "-o", folder.resolve("c.onnx"))
                        .complaint())
                .contains("half.yaml line 2, column 9: quantize: method: 'fp61' is not one of", "did you mean 'fp16'?");
        Files.writeString(config, "version: 1\nmethod: fp16\n");
        assertThat(hone("quantize", "--config", config, model()).complaint()).contains("--output: a value is required");
        assertThat(hone("show", "--config", config).complaint()).contains("'method' is not an option of show");
    }
}
