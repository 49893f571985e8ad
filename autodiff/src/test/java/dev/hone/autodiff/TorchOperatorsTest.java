package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.autodiff.GraphRunner.Feed;
import dev.hone.graph.Graph;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.op.ShapeInference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of single operators as PyTorch computes them in double; see {@code torch_operators.py}. */
class TorchOperatorsTest {
    private record Row(String model, String kind, String value, Feed numbers) {
        static Row of(String line) {
            String[] field = line.split("\t", -1);
            long[] dims = field[3].isEmpty()
                    ? new long[0]
                    : Arrays.stream(field[3].split(","))
                            .mapToLong(Long::parseLong)
                            .toArray();
            String[] texts = field[4].split(",");
            float[] values = new float[texts.length];
            for (int i = 0; i < texts.length; i++) {
                values[i] = Float.parseFloat(texts[i]);
            }
            return new Row(field[0], field[1], field[2], new Feed(values, dims));
        }
    }

    static Stream<String> models() throws IOException {
        return rows().stream().map(Row::model).distinct();
    }

    private static List<Row> rows() throws IOException {
        try (InputStream file = TorchOperatorsTest.class.getResourceAsStream("torch_operators.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Row::of)
                    .toList();
        }
    }

    private static Graph read(String model) throws IOException {
        try (InputStream file = TorchOperatorsTest.class.getResourceAsStream("torch/" + model + ".onnx")) {
            Graph graph = OnnxReader.read(file.readAllBytes()).graph();
            ShapeInference.run(graph);
            return graph;
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradientsAreThoseOfPyTorch(String model) throws IOException {
        Graph graph = read(model);
        Ops o = new Ops(graph);
        List<Row> rows = rows().stream().filter(row -> row.model.equals(model)).toList();
        Map<String, Feed> feeds = new LinkedHashMap<>();
        Map<Value, Value> outputGradients = new LinkedHashMap<>();
        List<Value> inputs = new ArrayList<>();
        for (Row row : rows) {
            if (row.kind.equals("input")) {
                feeds.put(row.value, row.numbers);
                inputs.add(graph.find(row.value));
            } else if (row.kind.equals("weight")) {
                Tensor weight = Tensor.ofFloats(row.numbers.values(), row.numbers.dims());
                outputGradients.put(graph.find(row.value), o.constant(weight));
            }
        }
        Map<Value, Value> gradients = Backward.gradients(graph, outputGradients, inputs);
        Map<Value, float[]> found = GraphRunner.run(graph, List.copyOf(gradients.values()), feeds);
        for (Row row : rows) {
            if (row.kind.equals("gradient")) {
                float[] expected = row.numbers.values();
                float[] gradient = found.get(gradients.get(graph.find(row.value)));
                float largest = 0;
                for (float value : expected) {
                    largest = Math.max(largest, Math.abs(value));
                }
                assertThat(gradient)
                        .as(model + ", " + row.value)
                        .containsExactly(expected, org.assertj.core.data.Offset.offset(2e-5f * largest));
            }
        }
    }
}
