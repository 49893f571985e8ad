package dev.hone.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.CancelledException;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
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
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeRunTest {
    private static final int WIDTH = 64;

    @TempDir
    private Path folder;

    private Path model;
    private Path small;

    @BeforeEach
    void write() throws IOException {
        model = folder.resolve("model.onnx");
        small = folder.resolve("small.onnx");
        writeModel(1);
        recipe("8", "small.onnx");
    }

    private void writeModel(float scale) {
        Graph graph = new Graph("product");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1, WIDTH));
        float[] weights = new float[WIDTH * WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(scale * i);
        }
        Ops ops = new Ops(graph);
        graph.addOutput(ops.matmul(x, ops.constant(Tensor.ofFloats(weights, WIDTH, WIDTH))));
        OnnxWriter.write(new Model(graph), model);
    }

    /** Quantizes the model, shows the result, and shows another file. */
    private Path recipe(String bits, String shown) throws IOException {
        return Files.writeString(
                folder.resolve("recipe.yaml"),
                "version: 1\njobs:\n"
                        + "  - quantize: {model: " + model + ", output: " + small + ", method: weights, bits: " + bits
                        + "}\n"
                        + "  - show: {model: " + small + "}\n"
                        + "  - show: {model: " + folder.resolve(shown) + "}\n");
    }

    /** The jobs that ran, by their place. */
    private List<Integer> run(boolean restart) {
        List<Integer> ran = new ArrayList<>();
        Recipe recipe = Recipe.read(folder.resolve("recipe.yaml"));
        RecipeRun.run(recipe, restart, Progress.NONE, step -> {
            step.run(Progress.NONE);
            ran.add(recipe.steps().indexOf(step));
        });
        return ran;
    }

    @Test
    void aSecondRunHasNothingToDo() throws IOException {
        assertThat(run(false)).containsExactly(0, 1, 2);
        assertThat(run(false)).isEmpty();
        assertThat(run(true)).containsExactly(0, 1, 2);
    }

    @Test
    void resumesAtTheJobThatFailed() throws IOException {
        recipe("8", "missing.onnx");
        assertThatThrownBy(() -> run(false)).isInstanceOf(HoneException.class).hasMessageContaining("missing.onnx");
        FileTime made = Files.getLastModifiedTime(small);
        Files.copy(model, folder.resolve("missing.onnx"));
        assertThat(run(false)).containsExactly(2);
        assertThat(Files.getLastModifiedTime(small)).isEqualTo(made);
    }

    @Test
    void whatChangedAndWhatComesAfterItRunsAgain() throws IOException {
        run(false);
        recipe("4", "small.onnx");
        assertThat(run(false)).as("an option").containsExactly(0, 1, 2);
        recipe("4", "model.onnx");
        assertThat(run(false)).as("an option of the last job").containsExactly(2);
        writeModel(2);
        Files.setLastModifiedTime(model, FileTime.fromMillis(1_000_000));
        assertThat(run(false)).as("an input").containsExactly(0, 1, 2);
        Files.delete(small);
        assertThat(run(false)).as("an output that is gone").containsExactly(0, 1, 2);
    }

    @Test
    void aDamagedStateMeansStartingAnew() throws IOException {
        run(false);
        Path state = folder.resolve("recipe.yaml.state");
        for (String text : List.of("", "{\"version\":1", "{\"version\":9,\"finished\":[]}", "[1,2]")) {
            Files.writeString(state, text);
            assertThat(run(false)).as(text).containsExactly(0, 1, 2);
        }
    }

    @Test
    void aCancelledJobIsNotFinished() {
        Progress cancelling = new Progress() {
            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        Recipe recipe = Recipe.read(folder.resolve("recipe.yaml"));
        assertThatThrownBy(() -> RecipeRun.run(recipe, false, cancelling, step -> step.run(cancelling)))
                .isInstanceOf(CancelledException.class);
        assertThat(small).doesNotExist();
        assertThat(run(false)).containsExactly(0, 1, 2);
    }
}
