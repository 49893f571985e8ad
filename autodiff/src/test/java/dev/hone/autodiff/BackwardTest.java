package dev.hone.autodiff;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BackwardTest {
    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);

    private Value input(String name, Dim... dims) {
        return graph.addInput(name, ElementType.FLOAT, Shape.of(dims));
    }

    private Value input(String name, long... dims) {
        return graph.addInput(name, ElementType.FLOAT, Shape.of(dims));
    }

    private static GraphRunner.Feed feed(float[] values, long... dims) {
        return new GraphRunner.Feed(values, dims);
    }

    @Test
    void sumsOverSeveralUsesOfAValue() {
        Value x = input("x", 2);
        // y = x * x + 3 x + x, dy/dx = 2 x + 4
        Value y = o.add(o.add(o.mul(x, x), o.mul(x, 3)), x);
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[] {1, -2}, 2)))
                        .get(dx))
                .containsExactly(6, 0);
    }

    @Test
    void unreachableValuesHaveZeroGradients() {
        Value x = input("x", Dim.symbol("N"), Dim.of(2));
        Value other = input("other", Dim.symbol("N"), Dim.of(2));
        Value dx = Backward.gradients(graph, o.op("Exp", other), List.of(x)).get(x);
        Map<String, GraphRunner.Feed> feeds =
                Map.of("x", feed(new float[] {1, 2}, 1, 2), "other", feed(new float[] {1, 2}, 1, 2));
        assertThat(GraphRunner.run(graph, List.of(dx), feeds).get(dx)).containsExactly(0, 0);
    }

    @Test
    void supportsSeveralWeightedOutputs() {
        Value x = input("x", 2);
        Value a = o.mul(x, 2);
        Value b = o.mul(a, 5);
        Value da = o.constant(Tensor.ofFloats(new float[] {1, 10}, 2));
        Value db = o.constant(Tensor.ofFloats(new float[] {100, 1000}, 2));
        Map<Value, Value> gradients = Backward.gradients(graph, Map.of(a, da, b, db), List.of(x, a));
        Map<Value, float[]> found =
                GraphRunner.run(graph, List.copyOf(gradients.values()), Map.of("x", feed(new float[] {1, 1}, 2)));
        assertThat(found.get(gradients.get(x))).containsExactly(1002, 10020);
        assertThat(found.get(gradients.get(a))).containsExactly(501, 5010);
    }

    @Test
    void dynamicBatchIsSupported() {
        Value x = input("x", Dim.symbol("N"), Dim.of(3), Dim.of(4), Dim.of(4));
        Value w = o.constant(Tensor.filled(ElementType.FLOAT, 0.5, 2, 3, 3, 3));
        Value conv = o.op("Conv", Map.of("pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2}), x, w);
        Value pooled = o.reshape(o.op("GlobalAveragePool", conv), 0, -1);
        Value y = o.op("Softmax", pooled);
        Value dx = Backward.gradients(graph, o.slice(y, 1, 0, 1, 1), List.of(x)).get(x);
        assertThat(dx.shape()).isEqualTo(x.shape());
        for (int n : new int[] {1, 5}) {
            Map<String, GraphRunner.Feed> feeds = Map.of("x", feed(new float[n * 48], n, 3, 4, 4));
            assertThat(GraphRunner.run(graph, List.of(dx), feeds).get(dx)).hasSize(n * 48);
        }
    }

    /** The same convolutions with known and with unknown sizes. */
    @Test
    void dynamicSizesGiveTheSameGradientsAsKnownSizes() {
        for (long stride = 1; stride <= 2; stride++) {
            for (long size = 8; size <= 9; size++) {
                Map<String, float[]> known = convolution(stride, Dim.of(size), Dim.of(size), size);
                Map<String, float[]> open = convolution(stride, Dim.symbol("H"), Dim.symbol("W"), size);
                for (String name : known.keySet()) {
                    assertThat(open.get(name))
                            .usingComparatorWithPrecision(5e-3f)
                            .containsExactly(known.get(name));
                }
            }
        }
    }

    private static Map<String, float[]> convolution(long stride, Dim high, Dim wide, long size) {
        Graph g = new Graph("test");
        Ops ops = new Ops(g);
        Value x = g.addInput("x", ElementType.FLOAT, Shape.of(Dim.of(2), Dim.of(3), high, wide));
        Value w = g.addInput("w", ElementType.FLOAT, Shape.of(4, 3, 3, 3));
        Map<String, Object> attributes =
                Map.of("pads", new long[] {1, 1, 1, 1}, "strides", new long[] {stride, stride});
        Value y = ops.op("Conv", attributes, x, w);
        Map<Value, Value> gradients = Backward.gradients(g, ops.mul(y, y), List.of(x, w));
        Random random = new Random(5);
        float[] image = floats(random, 6 * size * size);
        float[] kernels = floats(random, 108);
        Map<String, GraphRunner.Feed> feeds =
                Map.of("x", feed(image, 2, 3, size, size), "w", feed(kernels, 4, 3, 3, 3));
        Map<Value, float[]> found = GraphRunner.run(g, List.copyOf(gradients.values()), feeds);
        return Map.of("x", found.get(gradients.get(x)), "w", found.get(gradients.get(w)));
    }

    private static float[] floats(Random random, long count) {
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void reducesPossiblyBroadcastInputsAtRunTime() {
        Value x = input("x", Dim.symbol("A"), Dim.symbol("B"));
        Value bias = input("bias", Dim.symbol("C"));
        Value dbias = Backward.gradients(graph, o.add(x, bias), List.of(bias)).get(bias);
        GraphRunner.Feed matrix = feed(new float[6], 2, 3);
        assertThat(GraphRunner.run(graph, List.of(dbias), Map.of("x", matrix, "bias", feed(new float[3], 3)))
                        .get(dbias))
                .containsExactly(2, 2, 2);
        assertThat(GraphRunner.run(graph, List.of(dbias), Map.of("x", matrix, "bias", feed(new float[1], 1)))
                        .get(dbias))
                .containsExactly(6);
    }

    @Test
    void gradientsStopAtStepFunctions() {
        Value x = input("x", 2);
        // y = x + floor(x), whose derivative is 1 wherever it exists
        Value y = o.add(x, o.op("Floor", x));
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[] {0.5f, 1.5f}, 2)))
                        .get(dx))
                .containsExactly(1, 1);
    }

    @Test
    void quantizationIsStraightThroughInsideItsRange() {
        straightThrough(o.constant(0.1f), o.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {10})));
    }

    private void straightThrough(Value scale, Value zero) {
        Value x = input("x", 3);
        Value q = o.op("QuantizeLinear", x, scale, zero);
        Value y = o.op("DequantizeLinear", q, scale, zero);
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[] {-5, 1.234f, 30}, 3)))
                        .get(dx))
                .containsExactly(0, 1, 0);
    }

    @Test
    void onlyNodesOnThePathAreVisited() {
        Value x = input("x", 2, 2);
        Value w = input("w", 2);
        Value y = o.mul(o.op("Det", x), w);
        // Det has no rule, but is not on the path to y.
        assertThat(Backward.gradients(graph, y, List.of(w))).containsKey(w);
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Det '")
                .hasMessageContaining("has no gradient; differentiable operators are Abs, ");
    }

    @Test
    void refusalsGiveAReason() {
        Value x = input("x", 3, 2);
        Value y = o.node("", "DynamicQuantizeLinear", Map.of(), 3, x).output(1);
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("DynamicQuantizeLinear '")
                .hasMessageContaining("its scale depends on its input");
    }

    /** ONNX and its runtime disagree about the threshold that a recurrent layer takes where none is given. */
    @Test
    void refusalsInsideAnExpansionNameTheNodeOnce() {
        Value x = input("x", 2, 1, 1);
        Value w = o.constant(ones(1, 1, 1));
        Map<String, Object> attributes = Map.of(
                "hidden_size", 1, "activations", new Attribute.Strs(List.of("ThresholdedRelu".getBytes(US_ASCII))));
        Value y = o.node("", "RNN", attributes, 1, x, w, w).output();
        y.producer().setName("layer");
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "RNN 'layer': has no gradient with the activation ThresholdedRelu without its parameters in "
                                + "activation_alpha and activation_beta");
    }

    @Test
    void inputsWithoutGradientAreNamed() {
        Value x = input("x", 1, 1, 2, 2);
        Value scales = input("scales", 4);
        Value y = o.op("Resize", Map.of("mode", "nearest"), x, null, scales);
        y.setType(ElementType.FLOAT).setShape(Shape.of(1, 1, 4, 4));
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(scales)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("input 2 (scales)");
    }

    /** Gradients of an output that the operator's rule does not take would be lost. */
    @Test
    void anOutputWithoutGradientIsRefusedByName() {
        Value x = input("x", 2, 3, 4);
        Node node = o.node(
                "", "GroupNormalization", Map.of("num_groups", 1), 2, x, o.constant(ones(3)), o.constant(ones(3)));
        node.output(1).setType(ElementType.FLOAT).setName("second");
        assertThatThrownBy(() -> Backward.gradients(graph, node.output(1), List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("GroupNormalization '")
                .hasMessageContaining("output 1 (second); only the first output has one");
    }

    private static Tensor ones(long... dims) {
        return Tensor.filled(ElementType.FLOAT, 1, dims);
    }

    /** Outputs of numbers that do not vary with the input, masks and indices, have no gradient to lose. */
    @Test
    void indicesAndMasksCarryNoGradient() {
        Value x = input("x", 1, 1, 4, 4);
        Node pool = o.node("", "MaxPool", Map.of("kernel_shape", new long[] {2, 2}), 2, x);
        Node best = o.node("", "TopK", Map.of(), 2, x, o.vector(2));
        Node unique = o.node("", "Unique", Map.of(), 3, x);
        Value counts = o.cast(unique.output(2), ElementType.FLOAT);
        Value y = o.add(
                o.op("ReduceSum", o.cast(pool.output(1), ElementType.FLOAT)),
                o.add(o.op("ReduceSum", o.cast(best.output(1), ElementType.FLOAT)), o.op("ReduceSum", counts)));
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[16], 1, 1, 4, 4)))
                        .get(dx))
                .containsOnly(0);
        assertThatThrownBy(() -> Backward.gradients(graph, unique.output(), List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Unique '");
    }

    /** The runtime finds the lowest number there, at an index in front of the channel: of another one, or of none. */
    @Test
    void windowsOfPaddingHaveNoMaximum() {
        Value x = input("x", 1, 2, 1);
        Value inPadding = o.op(
                "MaxPool",
                Map.of("kernel_shape", new long[] {2}, "dilations", new long[] {2}, "pads", new long[] {1, 1}),
                x);
        Value dx = Backward.gradients(graph, inPadding, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[] {3, 4}, 1, 2, 1)))
                        .get(dx))
                .containsExactly(0, 0);
    }

    /** Its kernel leaves the window out that would begin behind the input, its shape inference does not. */
    @Test
    void aLoopBehindAMaxPoolWithoutItsLastWindow() {
        isDifferentiated("MaxPool");
    }

    @Test
    void aLoopBehindAnAveragePoolWithoutItsLastWindow() {
        isDifferentiated("AveragePool");
    }

    private void isDifferentiated(String operator) {
        Value x = input(operator, 1, 1, 2);
        Map<String, Object> every = Map.of("kernel_shape", new long[] {1}, "strides", new long[] {2}, "ceil_mode", 1);
        Value pooled = o.op(operator, every, x);
        assertThat(pooled.shape().size(2)).isEqualTo(1);
        Graph body = new Graph("body");
        body.addInput("round", ElementType.INT64, Shape.SCALAR);
        Value going = body.addInput("going", ElementType.BOOL, Shape.SCALAR);
        Value carried = body.addInput("carried", ElementType.FLOAT, pooled.shape());
        Ops inside = new Ops(body);
        body.addOutput(inside.op("Identity", going));
        body.addOutput(inside.mul(carried, 3));
        Value y = o.op(
                "Loop",
                Map.of("body", body),
                o.constant(Tensor.scalar(2L)),
                o.constant(Tensor.ofBools(new boolean[] {true})),
                pooled);
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of(operator, feed(new float[] {3, 4}, 1, 1, 2)))
                        .get(dx))
                .containsExactly(9, 0);
    }

    @Test
    void quantizationOfAVectorWithOneZeroPoint() {
        Value zero = o.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {10}));
        straightThrough(o.constant(Tensor.ofFloats(new float[] {0.1f}, 1)), o.op("Reshape", zero, o.vector(1)));
    }

    /** An empty reduction must not divide whole numbers by zero, which ends the process. */
    @Test
    void meansOfNothing() {
        Value x = input("x", Dim.symbol("N"), Dim.symbol("M"));
        Value y = o.op("ReduceMean", Map.of("keepdims", 0), x, o.vector(1));
        Value dx = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(GraphRunner.run(graph, List.of(dx), Map.of("x", feed(new float[0], 0, 3)))
                        .get(dx))
                .isEmpty();
    }

    /** 1.8 as a float is less: the runtime infers 8 rows from it and computes 9. */
    @Test
    void resizeThatKeepsTheRatioByAScaleThatNoFloatIs() {
        Value x = input("x", 1, 1, 4, 5);
        Map<String, Object> attributes =
                Map.of("mode", "linear", "axes", new long[] {3, 2}, "keep_aspect_ratio_policy", "not_larger");
        Value y = o.op("Resize", attributes, x, null, null, o.vector(9, 9));
        Value dx = Backward.gradients(graph, o.mul(y, y), List.of(x)).get(x);
        float[] ones = new float[20];
        Arrays.fill(ones, 1);
        float[] found = GraphRunner.run(graph, List.of(dx), Map.of("x", feed(ones, 1, 1, 4, 5)))
                .get(dx);
        double sum = 0;
        for (float value : found) {
            sum += value;
        }
        // The sum over x of x * d/dx is twice the sum of the squares, of which there are 7 * 9.
        assertThat(sum).isCloseTo(126, Offset.offset(1e-3));
    }
}
