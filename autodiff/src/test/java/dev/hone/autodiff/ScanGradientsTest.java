package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.autodiff.GraphRunner.Feed;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Scans whose bodies are no layers: captured factors, a counter, other axes and directions. */
class ScanGradientsTest {
    private static final int STEPS = 4;
    private static final int WIDTH = 3;

    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);
    private final Dim steps = Dim.symbol("T");
    private final Value rows = graph.addInput("rows", ElementType.FLOAT, Shape.of(Dim.of(WIDTH), steps));
    private final Value first = graph.addInput("first", ElementType.FLOAT, Shape.of(WIDTH));
    private final Value factor = graph.addInput("factor", ElementType.FLOAT, Shape.of(WIDTH));

    /**
     * From the last column x of rows [3,T] to the first: {@code s' = tanh(s) factor + x}, {@code y = s' x} + the number of
     * steps before; y is [3,T] in the order of the columns.
     */
    private Node scan() {
        Value zero = o.constant(Tensor.scalar(0L));
        Node scan = graph.addNode("", "Scan", List.of(first, zero, rows));
        Graph body = new Graph("body");
        scan.set("body", body);
        scan.set("num_scan_inputs", 1);
        scan.set("scan_input_axes", new long[] {1});
        scan.set("scan_input_directions", new long[] {1});
        scan.set("scan_output_axes", new long[] {1});
        scan.set("scan_output_directions", new long[] {1});
        Value s = body.addInput("s", ElementType.FLOAT, Shape.of(WIDTH));
        Value count = body.addInput("count", ElementType.INT64, Shape.SCALAR);
        Value x = body.addInput("x", ElementType.FLOAT, Shape.of(WIDTH));
        Ops b = new Ops(body);
        Value next = b.add(b.mul(b.op("Tanh", s), factor), x);
        body.addOutput(next);
        body.addOutput(b.add(count, 1));
        body.addOutput(b.add(b.mul(next, x), b.cast(count, ElementType.FLOAT)));
        for (String name : new String[] {"last", "steps", "y"}) {
            scan.addOutput(name);
        }
        ShapeRules.infer(scan);
        return scan;
    }

    private static double loss(Map<String, double[]> at) {
        double[] s = at.get("first").clone();
        double[] x = at.get("rows");
        double sum = 0;
        for (int t = STEPS - 1; t >= 0; t--) {
            for (int i = 0; i < WIDTH; i++) {
                double column = x[i * STEPS + t];
                s[i] = Math.tanh(s[i]) * at.get("factor")[i] + column;
                sum += (i + 1) * (t + 2) * (s[i] * column + STEPS - 1 - t);
            }
        }
        for (int i = 0; i < WIDTH; i++) {
            sum += (i - 0.5) * s[i];
        }
        return sum;
    }

    @Test
    void statesScannedAndCapturedValuesHaveGradients() {
        Node scan = scan();
        float[] weights = new float[WIDTH * STEPS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (i / STEPS + 1) * (i % STEPS + 2);
        }
        Map<Value, Value> given = new LinkedHashMap<>();
        given.put(scan.output(0), o.constant(Tensor.ofFloats(new float[] {-0.5f, 0.5f, 1.5f}, WIDTH)));
        given.put(scan.output(2), o.constant(Tensor.ofFloats(weights, WIDTH, STEPS)));
        Map<Value, Value> gradients = Backward.gradients(graph, given, List.of(rows, first, factor));

        Random random = new Random(2);
        Map<String, double[]> at = new LinkedHashMap<>();
        at.put("rows", random.doubles(WIDTH * STEPS, -1, 1).toArray());
        at.put("first", random.doubles(WIDTH, -1, 1).toArray());
        at.put("factor", random.doubles(WIDTH, -1, 1).toArray());
        Map<String, Feed> feeds = new LinkedHashMap<>();
        at.forEach((name, values) -> {
            float[] floats = Tensor.ofDoubles(values, values.length)
                    .to(ElementType.FLOAT)
                    .floats();
            long[] dims = name.equals("rows") ? new long[] {WIDTH, STEPS} : new long[] {WIDTH};
            feeds.put(name, new Feed(floats, dims));
        });
        Map<Value, float[]> found = GraphRunner.run(graph, List.copyOf(gradients.values()), feeds);
        gradients.forEach((input, gradient) -> {
            double[] point = at.get(input.name());
            for (int i = 0; i < point.length; i++) {
                double here = point[i];
                point[i] = here + 1e-5;
                double above = loss(at);
                point[i] = here - 1e-5;
                double below = loss(at);
                point[i] = here;
                assertThat((double) found.get(gradient)[i])
                        .as(input.name() + " " + i)
                        .isCloseTo((above - below) / 2e-5, Offset.offset(2e-4));
            }
        });
    }
}
