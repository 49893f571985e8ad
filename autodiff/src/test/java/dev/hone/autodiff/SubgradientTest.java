package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** At kinks, ties and poles gradients are PyTorch's, from {@code subgradients.tsv}, which {@code subgradients.py} makes. */
class SubgradientTest {
    static Stream<String> rows() throws IOException {
        try (InputStream in = SubgradientTest.class.getResourceAsStream("subgradients.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isPyTorchs(String row) {
        String[] cells = row.split("\t", -1);
        Graph graph = new Graph("test");
        Ops o = new Ops(graph);
        List<Value> inputs = new ArrayList<>();
        Map<Value, float[]> expected = new LinkedHashMap<>();
        Map<String, GraphRunner.Feed> feeds = new LinkedHashMap<>();
        for (int i = 2; i < cells.length; i += 2) {
            float[] point = numbers(cells[i]);
            if (cells[i + 1].isEmpty()) {
                inputs.add(o.constant(point[0]));
                continue;
            }
            Value x = graph.addInput("x" + i, ElementType.FLOAT, Shape.of(point.length));
            inputs.add(x);
            expected.put(x, numbers(cells[i + 1]));
            feeds.put(x.name(), new GraphRunner.Feed(point, point.length));
        }
        Value y = o.op(cells[0], attributes(cells[1]), inputs.toArray(Value[]::new));
        int count = Math.toIntExact(y.shape().count().orElseThrow());
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = i + 1f;
        }
        Value dy = o.reshapeLike(o.constant(Tensor.ofFloats(weights, count)), y);
        Map<Value, Value> gradients = Backward.gradients(graph, Map.of(y, dy), List.copyOf(expected.keySet()));
        Map<Value, float[]> found = GraphRunner.run(graph, List.copyOf(gradients.values()), feeds);
        expected.forEach((x, values) -> {
            float[] gradient = found.get(gradients.get(x));
            for (int i = 0; i < values.length; i++) {
                if (Float.isFinite(values[i])) {
                    assertThat(gradient[i]).as(row).isCloseTo(values[i], Offset.offset(1e-5f));
                } else {
                    assertThat(Float.valueOf(gradient[i])).as(row).isEqualTo(Float.valueOf(values[i]));
                }
            }
        });
    }

    private static Map<String, Object> attributes(String text) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (String attribute : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] pair = attribute.split("=");
            boolean isFloat = pair[1].contains(".");
            attributes.put(pair[0], isFloat ? (Object) Float.parseFloat(pair[1]) : (Object) Long.parseLong(pair[1]));
        }
        return attributes;
    }

    private static float[] numbers(String text) {
        String[] words = text.split(" ");
        float[] values = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = switch (words[i]) {
                case "inf" -> Float.POSITIVE_INFINITY;
                case "-inf" -> Float.NEGATIVE_INFINITY;
                case "nan" -> Float.NaN;
                default -> Float.parseFloat(words[i]);
            };
        }
        return values;
    }
}
