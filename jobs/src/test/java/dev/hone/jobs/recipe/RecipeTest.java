package dev.hone.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.option.Options;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTest {
    @TempDir
    private Path folder;

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), text);
    }

    @Test
    void readsJobsInOrder() throws IOException {
        Recipe recipe = Recipe.read(write("""
            # Three jobs.
            version: 1
            jobs:
              - train: {data: photos, output: model.onnx, epochs: 20, learning-rate: 1e-3}
              - quantize:
                  model: model.onnx
                  calibrate: photos
                  output: small.onnx
                  keep-fp32: [first, "second"]
                  equalize: true
              - evaluate:
                  model: small.onnx
                  data: photos
            """));
        assertThat(recipe.steps())
                .extracting(step -> step.job().name())
                .containsExactly("train", "quantize", "evaluate");
        TrainOptions train =
                Options.of(TrainOptions.class).build(recipe.steps().get(0).values());
        assertThat(train.data()).isEqualTo(Path.of("photos"));
        assertThat(train.learning().epochs()).isEqualTo(20);
        assertThat(train.learning().learningRate()).isEqualTo(1e-3);
        assertThat(recipe.steps().get(1).values())
                .containsEntry("keep-fp32", List.of("first", "second"))
                .containsEntry("equalize", "true");
        assertThat(recipe.steps().get(1).places().get("output").line()).isEqualTo(8);
    }

    /** A faulty recipe and what is said of it; the columns are those that an editor shows. */
    private record Faulty(String text, String message) {}

    private static final String HEAD = "version: 1\njobs:\n";
    private static final String TRAIN = "  - train: {data: photos, output: m.onnx";

    static List<Faulty> faulty() {
        return List.of(
                new Faulty("", "line 1, column 1: the file is empty; begin it with 'version: 1'"),
                new Faulty("# nothing\n", "line 1, column 1: the file is empty"),
                new Faulty("just words", "line 1, column 1: found a single value, expected keys and values"),
                new Faulty("- a\n- b\n", "line 1, column 1: found a list, expected keys and values"),
                new Faulty("version: 1\n  jobs: [\n", "line 2, column"),
                new Faulty("version: 1\njobs: \"open\n", "not YAML: "),
                new Faulty("\tversion: 1\n", "line 1, column 1: not YAML: "),
                new Faulty("jobs: []\n", "line 1, column 1: the version is missing; begin the file with 'version: 1'"),
                new Faulty("version: 0\njobs: []\n", "line 1, column 10: version 0 is older"),
                new Faulty("version: 2\njobs: []\n", "line 1, column 10: version 2 is newer"),
                new Faulty("version: new\njobs: []\n", "line 1, column 10: version: 'new' is not an integer"),
                new Faulty("version: 1\n", "'jobs:' is missing"),
                new Faulty(
                        "version: 1\njobs: []\n",
                        "line 2, column 7: jobs: found a list, expected a list of at least one"),
                new Faulty("version: 1\njobs: train\n", "line 2, column 7: jobs: found a single value"),
                new Faulty(
                        "version: 1\njbos: []\n",
                        "line 2, column 1: 'jbos' is not a key of a recipe; did you mean 'jobs'?"),
                new Faulty(
                        "version: 1\ntrain: {}\n",
                        "line 2, column 1: 'train' is not a key of a recipe; jobs stand in a list"),
                new Faulty(
                        HEAD + "  - trian: {}\n", "line 3, column 5: there is no job 'trian'; did you mean 'train'?"),
                new Faulty(HEAD + "  - just train\n", "line 3, column 5: found a single value, expected one job"),
                new Faulty(HEAD + "  - train: {}\n    show: {}\n", "found 2 keys (train, show), expected one job"),
                new Faulty(
                        HEAD + "  - train: [a]\n",
                        "line 3, column 12: train: found a list, expected its options by name"),
                new Faulty(HEAD + "  - train:\n", "line 3, column 5: train: data: a value is required"),
                new Faulty(
                        HEAD + TRAIN + ", ephocs: 3}\n",
                        "line 3, column 43: 'ephocs' is not an option of train; did you mean 'epochs'?"),
                new Faulty(
                        HEAD + TRAIN + ", xyzzyplugh: 3}\n",
                        "line 3, column 43: 'xyzzyplugh' is not an option of train"),
                new Faulty(
                        HEAD + TRAIN + ", epochs: many}\n",
                        "line 3, column 51: train: epochs: 'many' is not an integer"),
                new Faulty(
                        HEAD + TRAIN + ", epochs: 2.5}\n", "line 3, column 51: train: epochs: '2.5' is not an integer"),
                new Faulty(HEAD + TRAIN + ", epochs: 0}\n", "line 3, column 51: train: epochs: 0, expected 1 or more"),
                new Faulty(
                        HEAD + TRAIN + ", epochs: [3]}\n",
                        "line 3, column 51: epochs: found a list, expected a single value"),
                new Faulty(HEAD + TRAIN + ", epochs: {a: 3}}\n", "epochs: found a mapping, expected a single value"),
                new Faulty(HEAD + TRAIN + ", epochs: }\n", "epochs: found nothing, expected a single value"),
                new Faulty(HEAD + TRAIN + ", restart: maybe}\n", "train: restart: 'maybe' is neither true nor false"),
                new Faulty(
                        HEAD + TRAIN + ", data: other}\n",
                        "'data' stands here for the second time, first in line 3; remove one"),
                new Faulty(
                        "version: 1\nversion: 1\njobs: []\n",
                        "line 2, column 1: 'version' stands here for the second time"),
                new Faulty(HEAD + "  - show: {model: &m x.onnx}\n  - show: {model: *m}\n", "aliases are not supported"),
                new Faulty("version: 1\n---\nversion: 1\n", "a second document begins here"),
                new Faulty(
                        HEAD + "  - quantize: {model: m, output: o, calibrate: c, bits: 4}\n",
                        "line 3, column 57: quantize: bits: not an option of method static but of weights"),
                // The second job is checked before the first one runs.
                new Faulty(HEAD + TRAIN + "}\n  - show: {}\n", "line 4, column 5: show: model: a value is required"));
    }

    @ParameterizedTest
    @MethodSource("faulty")
    void whatIsWrongIsSaidWithItsPlaceInOneLine(Faulty recipe) throws IOException {
        Path file = write(recipe.text);
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(HoneException.class)
                .hasMessageStartingWith(file + " line ")
                .hasMessageContaining(recipe.message)
                .message()
                .doesNotContain("\n", "--", "JsonParse");
    }

    @Test
    void filesThatAreNoText() throws IOException {
        Path binary = Files.write(folder.resolve("model.onnx"), new byte[] {8, (byte) 0xFF, 0, 1});
        assertThatThrownBy(() -> Recipe.read(binary)).hasMessageContaining("model.onnx is not text in UTF-8");
        Path large =
                Files.write(folder.resolve("large.yaml"), "a".repeat(2 << 20).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Recipe.read(large)).hasMessageContaining("is not a recipe");
        assertThatThrownBy(() -> Recipe.read(folder.resolve("none.yaml"))).hasMessageContaining("none.yaml");
        String deep = "version: 1\njobs: " + "[".repeat(500) + "]".repeat(500);
        assertThatThrownBy(() -> Recipe.read(write(deep))).hasMessageContaining("deep");
    }

    @Test
    void oneJobsOptionsStandAloneOrInARecipe() throws IOException {
        Step alone = Recipe.options(write("version: 1\nepochs: 7\n"), TrainJob.JOB);
        assertThat(alone.values()).containsOnlyKeys("epochs").containsEntry("epochs", "7");
        Step inside = Recipe.options(write(HEAD + "  - show: {model: m.onnx}\n" + TRAIN + "}\n"), TrainJob.JOB);
        assertThat(inside.values()).containsEntry("output", "m.onnx");
        Path several = write(HEAD + TRAIN + "}\n" + TRAIN + "}\n");
        assertThatThrownBy(() -> Recipe.options(several, TrainJob.JOB))
                .hasMessageContaining("has 2 jobs 'train', expected one");
        Path unknown = write("version: 1\nephocs: 7\n");
        assertThatThrownBy(() -> Recipe.options(unknown, TrainJob.JOB))
                .hasMessageContaining("line 2, column 1", "did you mean 'epochs'");
    }
}
