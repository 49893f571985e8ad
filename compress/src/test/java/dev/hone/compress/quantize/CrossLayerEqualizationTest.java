package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrossLayerEqualizationTest {
    /** Channels of very different size, as in networks that were trained with batch norms. */
    private static Value spread(Value conv) {
        Node node = conv.producer();
        float[] weights = node.input(1).constant().floats();
        float[] bias = node.input(2).constant().floats();
        int rows = weights.length / bias.length;
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= (float) Math.pow(4, i / rows % 5 - 2);
        }
        node.input(1)
                .setConstant(Tensor.ofFloats(weights, node.input(1).constant().dims()));
        return conv;
    }

    private static final BiFunction<TestNets, Value, Value> CHAIN = (n, x) -> {
        Value a = n.ops.op("Relu", spread(n.conv(x, 32, 1, 1)));
        Value slopes = n.graph.addConstant(Tensor.filled(dev.hone.core.ElementType.FLOAT, 0.2, 32, 1, 1));
        Value b = n.ops.op("PRelu", spread(n.conv(a, 32, 3, 32)), slopes);
        return n.ops.op("Relu", n.conv(b, 16, 1, 1));
    };

    private static double[] ranges(Node conv) {
        Tensor weights = conv.input(1).constant();
        float[] values = weights.floats();
        double[] ranges = new double[(int) weights.dim(0)];
        for (int i = 0; i < values.length; i++) {
            int c = i / (values.length / ranges.length);
            ranges[c] = Math.max(ranges[c], Math.abs(values[i]));
        }
        return ranges;
    }

    private static double[] inputRanges(Node conv) {
        Tensor weights = conv.input(1).constant();
        float[] values = weights.floats();
        double[] ranges = new double[(int) weights.dim(1)];
        for (int i = 0; i < values.length; i++) {
            int c = i % ranges.length;
            ranges[c] = Math.max(ranges[c], Math.abs(values[i]));
        }
        return ranges;
    }

    @Test
    void equalizesAChainWithADepthwiseLayerAndComputesTheSame() {
        Model model = TestNets.of(CHAIN);
        Model equal = CrossLayerEqualization.apply(model);
        try (NativeTensor x = TestNets.images(8, 4)) {
            assertThat(TestNets.decibels(TestNets.run(model, x, "y"), TestNets.run(equal, x, "y")))
                    .isGreaterThan(100);
        }
        List<Node> convs =
                equal.graph().nodes().stream().filter(n -> n.is("Conv")).toList();
        double[] first = ranges(convs.get(1));
        double[] depthwise = ranges(convs.get(2));
        double[] last = inputRanges(convs.get(3));
        for (int c = 0; c < 32; c++) {
            assertThat(first[c] / depthwise[c]).isBetween(0.99, 1.01);
            assertThat(depthwise[c] / last[c]).isBetween(0.99, 1.01);
        }
    }

    /** Large channels that the next layer's weights make small again take the bytes of all others. */
    private static final BiFunction<TestNets, Value, Value> LOUD = (n, x) -> {
        Value a = n.conv(x, 32, 1, 1);
        Value b = n.conv(n.ops.op("Relu", a), 16, 1, 1);
        scale(a.producer(), 1, 0, 100);
        scale(a.producer(), 2, 0, 100);
        scale(b.producer(), 1, 1, 0.01f);
        return b;
    };

    /** Multiplies channel 0 of an axis. */
    private static void scale(Node node, int slot, int axis, float factor) {
        Tensor tensor = node.input(slot).constant();
        float[] values = tensor.floats();
        int inner = (int) Tensor.count(java.util.Arrays.copyOfRange(tensor.dims(), axis + 1, tensor.rank()));
        for (int i = 0; i < values.length; i++) {
            values[i] *= i / inner % tensor.dim(axis) == 0 ? factor : 1;
        }
        node.input(slot).setConstant(Tensor.ofFloats(values, tensor.dims()));
    }

    @Test
    void makesABadlyScaledNetLoseLess() {
        Model model = TestNets.of(LOUD);
        QuantizerOptions options =
                QuantizerOptions.defaults().withReduceRange(false).withMethod(CalibrationMethod.MIN_MAX);
        try (NativeTensor images = TestNets.images(16, 1);
                NativeTensor x = TestNets.images(16, 2)) {
            CalibrationData data = CalibrationData.of(List.of(images));
            float[] expected = TestNets.run(model, x, "y");
            Model plain =
                    Quantizer.quantize(model, data, options, Progress.NONE).model();
            Model equal = Quantizer.quantize(CrossLayerEqualization.apply(model), data, options, Progress.NONE)
                    .model();
            assertThat(TestNets.decibels(expected, TestNets.run(equal, x, "y")))
                    .isGreaterThan(TestNets.decibels(expected, TestNets.run(plain, x, "y")) + 6);
        }
    }

    /** A Clip ends a chain; so does a second reader. */
    @Test
    void leavesAloneWhatCannotMove() {
        BiFunction<TestNets, Value, Value> clipped = (n, x) -> n.conv(n.clip(n.conv(x, 16, 1, 1)), 16, 1, 1);
        for (Map.Entry<String, Model> entry : Map.of("clip", TestNets.of(clipped), "two readers", TestNets.of("swish"))
                .entrySet()) {
            Model prepared = Quantizer.prepare(entry.getValue());
            Model equal = CrossLayerEqualization.apply(entry.getValue());
            Node before = last(prepared);
            Node after = last(equal);
            assertThat(after.input(2).constant().floats())
                    .as(entry.getKey())
                    .isEqualTo(before.input(2).constant().floats());
        }
    }

    private static Node last(Model model) {
        return model.graph().nodes().stream().filter(n -> n.is("Conv")).toList().get(1);
    }

    /** Signals and volumes have one and three axes; there equalization and the correction of biases work alike. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void keepsWhatConvolutionsOfOtherRanksCompute(int axes) {
        Random random = new Random(7);
        Model model = new Model(new Graph("net"));
        Ops ops = new Ops(model.graph());
        long[] size = LongStream.concat(
                        LongStream.of(4, 6), LongStream.generate(() -> 5).limit(axes))
                .toArray();
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(size));
        long[] kernel = LongStream.concat(
                        LongStream.of(6, 6), LongStream.generate(() -> 2).limit(axes))
                .toArray();
        Value hidden =
                ops.op("Relu", ops.op("Conv", x, gaussian(ops, random, 0.3, kernel), gaussian(ops, random, 1, 6)));
        Value y = ops.op("Conv", hidden, gaussian(ops, random, 0.3, kernel), gaussian(ops, random, 1, 6));
        y.setName("y");
        model.graph().addOutput(y);
        float[] values = new float[(int) Tensor.count(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (NativeTensor images = NativeTensor.ofFloats(values, size)) {
            float[] expected = TestNets.run(model, images, "y");
            Model equal = CrossLayerEqualization.apply(model);
            assertThat(TestNets.decibels(expected, TestNets.run(equal, images, "y")))
                    .isGreaterThan(90);
            Model quantized = Quantizer.quantize(
                            model, CalibrationData.of(List.of(images)), QuantizerOptions.defaults(), Progress.NONE)
                    .model();
            assertThat(TestNets.decibels(expected, TestNets.run(quantized, images, "y")))
                    .isGreaterThan(24);
        }
    }

    private static Value gaussian(Ops ops, Random random, double deviation, long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return ops.constant(Tensor.ofFloats(values, dims));
    }
}
