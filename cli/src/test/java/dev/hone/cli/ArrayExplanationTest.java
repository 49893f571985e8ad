package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.explain.ExplainOptions;
import dev.hone.graph.Dim;
import dev.hone.graph.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrayExplanationTest {
    @TempDir
    private Path folder;

    /** Scores are sums over steps of a sequence [N,3,2], the second one doubled. */
    private Path model() {
        Graph graph = new Graph("sum");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)));
        Ops ops = new Ops(graph);
        Value sum = ops.reduceSum(x, false, 1);
        graph.addOutput(ops.mul(sum, ops.constant(Tensor.ofFloats(new float[] {1, 2}, 1, 2))));
        Path file = folder.resolve("sum.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private Path array(String file, String name, float[] values, long... dims) throws IOException {
        Path path = folder.resolve(file);
        new NumpyOutput().add(name, values, dims).write(path);
        return path;
    }

    @Test
    void attributesSequencesStepByStep() throws IOException {
        Path rows = array("rows.npz", "x", new float[] {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 9}, 2, 3, 2);
        Path baselines = array("baselines.npz", "x", new float[6], 1, 3, 2);
        List<Map<String, Object>> lines = new ArrayList<>();
        new ArrayExplanation(model(), ExplainOptions.defaults()).run(rows, baselines, 9, 1, folder, lines::add);
        assertThat(lines).hasSize(2);
        double[] steps = (double[]) lines.get(0).get("attributions");
        assertThat(steps[0]).isCloseTo(4, within(1e-4));
        assertThat(steps[2]).isCloseTo(12, within(1e-4));
        try (NativeTensor written =
                new NumpyInputs(folder.resolve("attributions.npz")).first("attribution", Integer.MAX_VALUE)) {
            assertThat(written.dims()).containsExactly(2, 3, 2);
            assertThat(written.floats()[1]).isCloseTo(4, within(1e-4f));
            assertThat(written.floats()[11]).isCloseTo(18, within(1e-4f));
        }
        assertThat(folder.resolve("bars.svg")).isNotEmptyFile();
    }

    @Test
    void namesAnArrayThatIsMissing() throws IOException {
        Path rows = array("rows.npz", "y", new float[6], 1, 3, 2);
        ArrayExplanation explanation = new ArrayExplanation(model(), ExplainOptions.defaults());
        assertThatThrownBy(() -> explanation.run(rows, rows, 9, 1, folder, line -> {}))
                .hasMessageContaining("no array 'x', the model's input, among [y]");
    }
}
