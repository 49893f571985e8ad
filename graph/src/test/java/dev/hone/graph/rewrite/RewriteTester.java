package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small graph to rewrite: built with {@link #ops}, run by ONNX Runtime before and after on the same random inputs,
 * without graph optimizations.
 */
final class RewriteTester {
    private final Graph graph = new Graph("test");
    private final Ops ops = new Ops(graph);
    private final Random random = new Random(1);
    private final Map<String, Tensor> feeds = new LinkedHashMap<>();

    Ops ops() {
        return ops;
    }

    Graph graph() {
        return graph;
    }

    /** A float input of a fixed shape. */
    Value input(String name, long... dims) {
        feeds.put(name, normal(dims));
        return graph.addInput(name, ElementType.FLOAT, Shape.of(dims));
    }

    /** A float input whose first dimension is the symbol N, which is 2 at run time. */
    Value batchInput(String name, long... rest) {
        long[] dims = new long[rest.length + 1];
        dims[0] = 2;
        System.arraycopy(rest, 0, dims, 1, rest.length);
        feeds.put(name, normal(dims));
        return graph.addInput(name, ElementType.FLOAT, Shape.of(dims).with(0, Dim.symbol("N")));
    }

    Value output(Value value, String name) {
        value.setName(name);
        graph.addOutput(value);
        return value;
    }

    Value output(Value value) {
        return output(value, "y" + graph.outputs().size());
    }

    Tensor normal(long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.ofFloats(values, dims);
    }

    /** A constant of normally distributed numbers. */
    Value weights(long... dims) {
        return ops.constant(normal(dims));
    }

    /** A constant of numbers in [0.5, 1.5). */
    Value positive(long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + random.nextFloat();
        }
        return ops.constant(Tensor.ofFloats(values, dims));
    }

    Value batchNorm(Value x, int channels) {
        return ops.op(
                "BatchNormalization", x, weights(channels), weights(channels), weights(channels), positive(channels));
    }

    /** The operators in topological order. */
    List<String> operators() {
        graph.sort();
        return graph.nodes().stream().map(Node::op).toList();
    }

    Node node(String op) {
        return graph.nodes().stream().filter(n -> n.op().equals(op)).findFirst().orElseThrow();
    }

    // ---- checks

    void fires(RewriteRule rule, double tolerance) {
        fires(RewriteRules.of(rule), tolerance);
    }

    /**
     * Asserts that the pass changes the graph, keeps it valid, keeps its signature and gives the same outputs.
     *
     * @param tolerance maximum difference relative to the largest output; 0 requires identical bits
     */
    void fires(Pass pass, double tolerance) {
        List<String> signature = signature();
        Map<String, float[]> expected = run();
        assertThat(pass.run(new Model(graph))).as("changed").isTrue();
        Verifier.check(graph);
        assertThat(signature()).isEqualTo(signature);
        assertThat(pass.run(new Model(graph))).as("changed again").isFalse();
        Map<String, float[]> actual = run();
        expected.forEach((name, e) -> {
            float[] a = actual.get(name);
            assertThat(a).hasSameSizeAs(e);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < e.length; i++) {
                assertThat(Float.isFinite(e[i])).isTrue();
                largest = Math.max(largest, Math.abs(e[i]));
                difference = Math.max(difference, Math.abs(e[i] - a[i]));
            }
            assertThat(largest).as("a nonzero output").isPositive();
            assertThat(difference).as(name).isLessThanOrEqualTo(tolerance * largest);
        });
    }

    /** Asserts that the rule matches no node, and gives this reason at one of them. */
    void declines(RewriteRule rule, String reason) {
        String before = graph.toString();
        List<String> reasons = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (rule.operators().contains(node.op())) {
                Match match = RewriteRules.match(rule, node);
                assertThat(match).as(node.toString()).isInstanceOf(Match.Declined.class);
                reasons.add(((Match.Declined) match).reason());
            }
        }
        assertThat(reasons).anySatisfy(r -> assertThat(r).contains(reason));
        assertThat(graph.toString()).isEqualTo(before);
    }

    private List<String> signature() {
        List<String> signature = new ArrayList<>();
        graph.inputs().forEach(v -> signature.add(v.toString()));
        graph.outputs().forEach(v -> signature.add(v.toString()));
        return signature;
    }

    /** The float outputs. */
    Map<String, float[]> run() {
        graph.sort();
        SessionOptions options =
                SessionOptions.defaults().withThreads(1).withOptimization(SessionOptions.Optimization.NONE);
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        Map<String, float[]> results = new LinkedHashMap<>();
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options)) {
            feeds.forEach((name, tensor) -> inputs.put(name, NativeTensor.ofFloats(tensor.floats(), tensor.dims())));
            session.run(inputs).forEach((name, tensor) -> {
                results.put(name, tensor.floats());
                tensor.close();
            });
        } finally {
            inputs.values().forEach(NativeTensor::close);
        }
        return results;
    }
}
