package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.bench.BenchResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchMemoryTest {
    private static Path negation(Path file, long size) {
        Graph graph = new Graph("g");
        graph.addOutput(graph.addNode("Neg", graph.addInput("x", ElementType.FLOAT, Shape.of(1, size)))
                .output());
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    @Test
    void saysWhereModelsTakeDifferentInputs(@TempDir Path folder) {
        Path small = negation(folder.resolve("small.onnx"), 4);
        assertThat(warnings(small, negation(folder.resolve("same.onnx"), 4))).isEmpty();
        assertThat(warnings(small, negation(folder.resolve("large.onnx"), 8)))
                .singleElement()
                .asString()
                .contains("take different inputs, ", "[1, 4] and ", "[1, 8]");
    }

    private static List<String> warnings(Path model, Path against) {
        List<String> warnings = new ArrayList<>();
        BenchJob.run(
                Options.of(BenchOptions.class).build(Map.of("model", model, "against", against, "seconds", "0.01")),
                new Progress() {
                    @Override
                    public void warning(String line) {
                        warnings.add(line);
                    }
                });
        return warnings;
    }

    @Test
    void aModelAndItsCopyTakeTheSameMemory(@TempDir Path folder) throws Exception {
        Path copy = Files.copy(Surfaces.model(), folder.resolve("copy.onnx"));
        BenchResult result = BenchJob.run(
                Options.of(BenchOptions.class)
                        .build(Map.of("model", Surfaces.model(), "against", copy, "seconds", "0.05")),
                Progress.NONE);
        double ratio = result.against().memory() / result.model().memory();
        assertThat(result.model().memory()).isPositive();
        assertThat(ratio).isBetween(0.6, 1.6);
    }
}
