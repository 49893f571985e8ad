package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.autodiff.GraphRunner.Feed;
import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the table of cases cannot say of gradients by expansion: refusals, masks, values that depend on one another. */
class ExpandedGradientsTest {
    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);

    private Value input(String name, long... dims) {
        return graph.addInput(name, ElementType.FLOAT, Shape.of(dims));
    }

    /** The gradient of the sum, without running the node itself. */
    private float[] gradient(Value y, Value of, Map<String, Feed> feeds) {
        Value gradient = Backward.gradients(graph, y, List.of(of)).get(of);
        return GraphRunner.run(graph, List.of(gradient), feeds).get(gradient);
    }

    @Test
    void aQueryWithoutKeysHasAZeroGradient() {
        Value q = input("q", 1, 1, 2, 2);
        Value mask = o.constant(Tensor.ofBools(new boolean[] {true, true, false, false}, 2, 2));
        Value k = o.constant(Tensor.ofFloats(new float[] {1, 0, 0, 2}, 1, 1, 2, 2));
        Value v = o.constant(Tensor.ofFloats(new float[] {1, 2, 5, 3}, 1, 1, 2, 2));
        Value y = o.op("Attention", Map.of("scale", 1f), q, k, v, mask);
        float[] found = gradient(y, q, Map.of("q", new Feed(new float[4], 1, 1, 2, 2)));
        // p = (1/2, 1/2) and y = p (3, 8), so dy/dscores = p (3 - 11/2, 8 - 11/2)
        assertThat(found).containsExactly(-1.25f, 2.5f, 0, 0);
    }

    @Test
    void attentionThatRuntimesDisagreeAboutIsRefused() {
        Value q = input("q", 1, 1, 2, 2);
        Value lengths = o.vector(1);
        Value y = o.op("Attention", Map.of("is_causal", 1), q, q, q, null, null, null, lengths);
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(q)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Attention '")
                .hasMessageContaining("nonpad_kv_seqlen");
    }

    /** A level of a feature pyramid on which no region lies, and a region without an area. */
    @ParameterizedTest
    @CsvSource({"0,0", "0,2", "1,0", "1,2"})
    void regionsMayBeNoneOrEmpty(int count, int ratio) {
        Value x = input("x", 1, 2, 3, 3);
        Value regions = graph.addInput("r", ElementType.FLOAT, Shape.of(Dim.symbol("R"), Dim.of(4)));
        Value images =
                o.cast(o.op("ReduceMin", Map.of("keepdims", 0), o.mul(regions, 0), o.vector(1)), ElementType.INT64);
        Map<String, Object> attributes =
                Map.of("output_height", 2, "output_width", 2, "sampling_ratio", ratio, "spatial_scale", 1f);
        Value y = o.op("RoiAlign", attributes, x, regions, images);
        Feed feed = new Feed(count == 0 ? new float[0] : new float[] {1.5f, 1.5f, 1.5f, 1.5f}, count, 4);
        float[] found = gradient(y, x, Map.of("x", new Feed(new float[18], 1, 2, 3, 3), "r", feed));
        float[] expected = new float[18];
        if (count == 1 && ratio == 2) {
            // Every sample of each of the four bins is the element in the middle.
            expected[4] = 4;
            expected[13] = 4;
        }
        assertThat(found).containsExactly(expected);
    }

    @Test
    void inputsThatDependOnOneAnotherCountOnce() {
        Value x = input("x", 1, 2);
        Value scale = o.mul(x, 2);
        Value y = o.op("RMSNormalization", Map.of("epsilon", 0f), x, scale);
        // y = 2 x^2 / sqrt(mean x^2); at (1, 1): dy_i/dx_j = 4 d_ij - 1
        assertThat(gradient(y, x, Map.of("x", new Feed(new float[] {1, 1}, 1, 2))))
                .containsExactly(2, 2);
    }

    @Test
    void oneValueAsSeveralInputsGetsTheSum() {
        Value x = input("x", 1, 1, 2, 1);
        Value y = o.op("Attention", Map.of("scale", 1f), x, x, x);
        double h = 1e-3;
        double[] at = {0.3, -0.8};
        float[] found = gradient(y, x, Map.of("x", new Feed(new float[] {0.3f, -0.8f}, 1, 1, 2, 1)));
        for (int i = 0; i < 2; i++) {
            double[] up = at.clone();
            double[] down = at.clone();
            up[i] += h;
            down[i] -= h;
            double expected = (selfAttention(up) - selfAttention(down)) / (2 * h);
            assertThat((double) found[i]).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-5));
        }
    }

    private static double selfAttention(double[] x) {
        double sum = 0;
        for (double q : x) {
            double a = Math.exp(q * x[0]);
            double b = Math.exp(q * x[1]);
            sum += (a * x[0] + b * x[1]) / (a + b);
        }
        return sum;
    }

    @Test
    void compressedElementsHaveOne() {
        Value x = input("x", 3, 2);
        Value condition = o.constant(Tensor.ofBools(new boolean[] {true, false, true}, 3));
        Value y = o.op("Compress", Map.of("axis", 0), x, condition);
        Value flat = o.op("Compress", x, condition);
        Value both = o.add(o.op("ReduceSum", Map.of("keepdims", 0), y), o.op("ReduceSum", Map.of("keepdims", 0), flat));
        assertThat(gradient(both, x, Map.of("x", new Feed(new float[6], 3, 2)))).containsExactly(2, 1, 1, 0, 1, 1);
    }

    @Test
    void anUnknownActivationIsRefused() {
        Value x = input("x", 3, 1, 2);
        Node node = o.node(
                "",
                "RNN",
                Map.of(
                        "hidden_size",
                        1,
                        "activations",
                        new Attribute.Strs(List.of("Swish".getBytes(StandardCharsets.UTF_8)))),
                1,
                x,
                o.constant(Tensor.filled(ElementType.FLOAT, 0.1, 1, 1, 2)),
                o.constant(Tensor.filled(ElementType.FLOAT, 0.1, 1, 1, 1)));
        assertThatThrownBy(() -> Backward.gradients(graph, node.output(), List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("RNN '")
                .hasMessageContaining("the activation Swish");
    }
}
