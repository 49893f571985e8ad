package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Networks with an {@code if} or a {@code for} from of PyTorch's exporters, whose bodies read weights and activations of the graph
 * around them, against PyTorch's gradients; {@code branches.py} made them.
 */
class ExportedBranchesTest {
    private static byte[] read(String name) throws IOException {
        try (InputStream in = ExportedBranchesTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    static Stream<String> rows() throws IOException {
        return new String(read("branches.tsv"), StandardCharsets.UTF_8).lines();
    }

    private static float[] numbers(String text) {
        String[] words = text.split(" ");
        float[] values = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = Float.parseFloat(words[i]);
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void gradientsArePyTorchs(String row) throws IOException {
        String[] cells = row.split("\t");
        Model model = OnnxReader.read(read(cells[0] + ".onnx"));
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        List<Value> wrt = new ArrayList<>(List.of(input));
        for (int i = 3; i < cells.length; i++) {
            wrt.add(graph.find(cells[i].substring(0, cells[i].indexOf('='))));
        }
        Value weights = new Ops(graph).constant(Tensor.ofFloats(new float[] {1, 2, 3}, 1, 3));
        Value y = graph.outputs().get(0);
        Map<Value, Value> gradients = Backward.gradients(graph, Map.of(y, weights), wrt);
        Map<Value, float[]> found = GraphRunner.run(
                graph,
                List.copyOf(gradients.values()),
                Map.of(input.name(), new GraphRunner.Feed(numbers(cells[1]), 1, 4)));
        for (int i = 2; i < cells.length; i++) {
            float[] expected = numbers(cells[i].substring(cells[i].indexOf('=') + 1));
            float[] gradient = found.get(gradients.get(wrt.get(i - 2)));
            assertThat(gradient).as(cells[i]).hasSameSizeAs(expected);
            for (int k = 0; k < expected.length; k++) {
                assertThat(gradient[k]).as(cells[i]).isCloseTo(expected[k], Offset.offset(1e-5f));
            }
        }
    }
}
