package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of full-size networks against PyTorch, from {@code networks.py} in the resources. Float against double;
 * relative error of each tensor's gradient at most 1e-4.
 */
class NetworkGradientTest {
    private static final int BATCH = 2;
    private static final int SIZE = 64;
    private static final double TOLERANCE = 1e-4;

    /** A row of the table; squares is NaN for tensors without a gradient (running statistics). */
    private record Row(String name, int salt, double squares, double along) {}

    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v2", "mobilenet_v3_small", "resnet18", "efficientnet_b0", "transformer"})
    void ofTheInputWithFixedWeights(String network) throws IOException {
        List<Row> rows = rows(network);
        Model model = OnnxReader.read(resource(network + ".onnx"));
        Graph graph = model.graph();
        for (Row row : rows) {
            Value value = graph.find(row.name);
            if (!row.name.equals("input")) {
                float[] weights = parameter(row, value.shape());
                graph.removeInput(value);
                value.replaceBy(graph.addConstant(
                        row.name + ".fixed",
                        Tensor.ofFloats(weights, value.shape().sizes())));
            }
        }
        ShapeInference.run(model);
        Passes.inference().run(model);
        Value input = graph.inputs().get(0);
        Map<Value, Value> gradients = Backward.gradients(graph, seeds(graph), List.of(input));
        Map<String, GraphRunner.Feed> feeds = Map.of("input", new GraphRunner.Feed(image(), BATCH, 3, SIZE, SIZE));
        float[] found =
                GraphRunner.run(graph, List.of(gradients.get(input)), feeds).get(gradients.get(input));
        check(network, row(rows, "input"), found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mobilenet_v2", "mobilenet_v3_small", "resnet18", "efficientnet_b0", "transformer"})
    void ofAllParameters(String network) throws IOException {
        List<Row> rows = rows(network);
        Model model = OnnxReader.read(resource(network + ".onnx"));
        Graph graph = model.graph();
        ShapeInference.bind(graph, Map.of("N", Dim.of(BATCH)));
        Map<String, GraphRunner.Feed> feeds = new LinkedHashMap<>();
        List<Value> wrt = new ArrayList<>();
        for (Row row : rows) {
            Value value = graph.find(row.name);
            float[] values = row.name.equals("input") ? image() : parameter(row, value.shape());
            feeds.put(row.name, new GraphRunner.Feed(values, value.shape().sizes()));
            if (!Double.isNaN(row.squares)) {
                wrt.add(value);
            }
        }
        Map<Value, Value> gradients = Backward.gradients(graph, seeds(graph), wrt);
        Map<Value, float[]> found = GraphRunner.run(graph, List.copyOf(gradients.values()), feeds);
        for (Value value : wrt) {
            check(network, row(rows, value.name()), found.get(gradients.get(value)));
        }
    }

    private static Map<Value, Value> seeds(Graph graph) {
        Value logits = graph.outputs().get(0);
        int classes = (int) logits.shape().size(1);
        Value seed = new Ops(graph).constant(Tensor.ofFloats(floats(BATCH * classes, 2, 1, 0), BATCH, classes));
        return Map.of(logits, seed);
    }

    private static void check(String network, Row row, float[] gradient) {
        double squares = 0;
        double along = 0;
        for (int i = 0; i < gradient.length; i++) {
            squares += (double) gradient[i] * gradient[i];
            along += gradient[i] * fill(i, row.salt + 1);
        }
        double length = Math.sqrt(row.squares);
        assertThat(Math.sqrt(squares))
                .as("%s: length of the gradient of %s", network, row.name)
                .isCloseTo(length, within(TOLERANCE * length));
        assertThat(along)
                .as("%s: gradient of %s along a direction", network, row.name)
                .isCloseTo(row.along, within(TOLERANCE * length));
    }

    private static Row row(List<Row> rows, String name) {
        return rows.stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow();
    }

    private static float[] image() {
        return floats(BATCH * 3 * SIZE * SIZE, 1, 1, 0);
    }

    private static float[] parameter(Row row, Shape shape) {
        int count = (int) shape.count().orElseThrow();
        if (shape.rank() > 1) {
            return floats(count, row.salt, Math.sqrt(4.0 * shape.size(0) / count), 0);
        } else if (row.name.endsWith("running_var")) {
            return floats(count, row.salt, 0.5, 1);
        }
        return floats(count, row.salt, 0.2, row.name.endsWith("weight") ? 1 : 0);
    }

    private static float[] floats(int count, int salt, double scale, double shift) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (shift + scale * fill(i, salt));
        }
        return values;
    }

    /** The formula of networks.py: a number in [-1, 1). */
    private static double fill(int index, int salt) {
        long h = (index * 2654435761L + salt * 40503L) & 0xFFFFFFFFL;
        h ^= h >> 15;
        h = (h * 2246822519L) & 0xFFFFFFFFL;
        h ^= h >> 13;
        return h / 2147483648.0 - 1;
    }

    private static List<Row> rows(String network) throws IOException {
        String table = new String(resource(network + ".csv"), StandardCharsets.UTF_8);
        return table.lines()
                .skip(1)
                .map(line -> line.split(",", -1))
                .map(c -> new Row(c[0], Integer.parseInt(c[1]), number(c[2]), number(c[3])))
                .toList();
    }

    private static double number(String text) {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = NetworkGradientTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
