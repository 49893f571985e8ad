package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {
    private static final QuantizerOptions OPTIONS = QuantizerOptions.defaults().withReduceRange(false);

    private final NativeTensor images = TestNets.images(8, 1);
    private final NativeTensor others = TestNets.images(8, 2);
    private final CalibrationData data = CalibrationData.of(List.of(images));

    @AfterEach
    void close() {
        images.close();
        others.close();
    }

    private QuantizationResult quantize(Model model, QuantizerOptions options) {
        return Quantizer.quantize(model, data, options, Progress.NONE);
    }

    static Stream<String> patterns() {
        return TestNets.PATTERNS.keySet().stream();
    }

    /** The outputs stay close on images it has not seen, and the runtime computes all in INT8. */
    @ParameterizedTest
    @MethodSource("patterns")
    void staysCloseAndFusesWholly(String pattern) {
        Model model = TestNets.of(pattern);
        QuantizationResult result = quantize(model, OPTIONS.withMethod(CalibrationMethod.MIN_MAX));
        float[] expected = TestNets.run(model, others, "y");
        assertThat(TestNets.decibels(expected, TestNets.run(result.model(), others, "y")))
                .isGreaterThan(24);
        assertThat(result.left()).isEmpty();
        Audit audit = Audit.of(OnnxWriter.toBytes(result.model()), SessionOptions.defaults());
        assertThat(audit.left()).isEmpty();
        assertThat(audit.int8Nodes()).isGreaterThanOrEqualTo(result.int8Nodes());
    }

    @ParameterizedTest
    @EnumSource(CalibrationMethod.class)
    void everyMethodStaysClose(CalibrationMethod method) {
        Model model = TestNets.of("residual");
        float[] expected = TestNets.run(model, others, "y");
        Model quantized = quantize(model, OPTIONS.withMethod(method)).model();
        assertThat(TestNets.decibels(expected, TestNets.run(quantized, others, "y")))
                .isGreaterThan(12);
    }

    /** Rare large values that carry the answer ask for other ranges than rare ones that do not. */
    @ParameterizedTest
    @MethodSource("patterns")
    void measuredRangesAreTheBestOnTheImagesSeen(String pattern) {
        Model model = TestNets.of(pattern);
        float[] expected = TestNets.run(model, images, "y");
        QuantizerOptions plain = OPTIONS.withCorrectBias(false);
        double best = Double.NEGATIVE_INFINITY;
        for (CalibrationMethod method : CalibrationMethod.values()) {
            Model quantized = quantize(model, plain.withMethod(method)).model();
            double decibels = TestNets.decibels(expected, TestNets.run(quantized, images, "y"));
            if (method == CalibrationMethod.MEASURED) {
                assertThat(decibels).isEqualTo(best);
                assertThat(quantized.metadata().get(Quantizer.METADATA_KEY)).doesNotContain("measured");
            }
            best = Math.max(best, decibels);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"resnet-edge", "resnet-small", "resnet50d", "mobilenetv2", "mobilenetv3-small", "efficientnet-b0"
            })
    void architecturesComputeInIntegersWholly(String architecture) {
        Model model = Networks.build(NetworkSpec.of(architecture, 3).withMultipliers(0.35, 1));
        try (NativeTensor image = NativeTensor.allocate(1, 1, 3, 224, 224)) {
            for (int i = 0; i < image.count(); i++) {
                image.buffer().putFloat(4 * i, i * 7919L % 256);
            }
            Model quantized = Quantizer.quantize(model, CalibrationData.of(List.of(image)), OPTIONS, Progress.NONE)
                    .model();
            byte[] bytes = OnnxWriter.toBytes(quantized);
            assertThat(Audit.of(bytes, SessionOptions.defaults()).left()).isEmpty();
            assertThat(bytes.length).isLessThan(OnnxWriter.toBytes(model).length / 2);
        }
    }

    @Test
    void batchesArePutTogether() {
        Model model = TestNets.of("residual");
        QuantizerOptions options = OPTIONS.withMethod(CalibrationMethod.PERCENTILE);
        byte[] whole = OnnxWriter.toBytes(quantize(model, options).model());
        float[] values = images.floats();
        int image = values.length / 8;
        List<NativeTensor> parts = new ArrayList<>();
        for (int[] part : new int[][] {{0, 3}, {3, 4}, {4, 8}}) {
            parts.add(NativeTensor.ofFloats(
                    java.util.Arrays.copyOfRange(values, part[0] * image, part[1] * image),
                    part[1] - part[0],
                    TestNets.CHANNELS,
                    TestNets.SIZE,
                    TestNets.SIZE));
        }
        List<Long> heard = new ArrayList<>();
        Progress progress = new Progress() {
            private boolean calibrates;

            @Override
            public void started(String task, long steps) {
                calibrates = task.equals("calibrating");
            }

            @Override
            public void advanced(long done) {
                if (calibrates) {
                    heard.add(done);
                }
            }
        };
        Model inParts = Quantizer.quantize(model, CalibrationData.of(parts), options, progress)
                .model();
        assertThat(OnnxWriter.toBytes(inParts)).isEqualTo(whole);
        assertThat(heard).isSorted().endsWith(8L);
        parts.forEach(NativeTensor::close);
    }

    @Test
    void keepsInterfaceAndMetadataAndTheGivenModel() {
        Model model = TestNets.of("branches");
        model.metadata().put("labels", "good,bad");
        byte[] before = OnnxWriter.toBytes(model);
        Model quantized =
                OnnxReader.read(OnnxWriter.toBytes(quantize(model, OPTIONS.withMethod(CalibrationMethod.PERCENTILE))
                        .model()));
        assertThat(OnnxWriter.toBytes(model)).isEqualTo(before);
        assertThat(quantized.metadata()).containsEntry("labels", "good,bad");
        assertThat(quantized.metadata().get(Quantizer.METADATA_KEY))
                .contains("INT8")
                .contains("percentile 99.99 on 8 samples");
        Value in = quantized.graph().inputs().get(0);
        assertThat(in.name()).isEqualTo("x");
        assertThat(in.shape().dim(0)).isEqualTo(Dim.symbol("N"));
        assertThat(quantized.graph().outputs()).extracting(Value::name).containsExactly("y");
    }

    @Test
    void weightsAreBytesPerChannelAndTheirBiasIs32Bits() {
        Model quantized = quantize(TestNets.of("residual"), OPTIONS).model();
        for (Node conv : quantized.graph().nodes()) {
            if (!conv.is("Conv")) {
                continue;
            }
            Node weights = conv.input(1).producer();
            Node bias = conv.input(2).producer();
            assertThat(weights.input(0).type()).isEqualTo(ElementType.INT8);
            assertThat(bias.input(0).type()).isEqualTo(ElementType.INT32);
            float inputStep = conv.input(0).producer().input(1).constant().scalarFloat();
            float[] steps = weights.input(1).constant().floats();
            float[] biasSteps = bias.input(1).constant().floats();
            assertThat(steps).hasSize((int) conv.output().shape().size(1));
            for (int c = 0; c < steps.length; c++) {
                assertThat(biasSteps[c]).isEqualTo(inputStep * steps[c]);
            }
        }
    }

    @Test
    void sevenBitWeightsStayWithin63() {
        Model quantized =
                quantize(TestNets.of("residual"), OPTIONS.withReduceRange(true)).model();
        long largest = quantized.graph().constants().stream()
                .filter(v -> v.type() == ElementType.INT8)
                .flatMapToLong(v -> java.util.Arrays.stream(v.constant().longs()))
                .map(Math::abs)
                .max()
                .orElseThrow();
        assertThat(largest).isEqualTo(63);
    }

    @Test
    void layersCanBeKeptInFloat() {
        Model model = TestNets.of("residual");
        List<Node> convs =
                model.graph().nodes().stream().filter(n -> n.is("Conv")).toList();
        convs.get(1).setName("second");
        QuantizationResult result = quantize(
                model, OPTIONS.withQuantizeFirst(false).withQuantizeLast(false).withKeepFp32(Set.of("second")));
        assertThat(result.left().values())
                .containsExactlyInAnyOrder(
                        "the first layer is kept in FP32 on request",
                        "the last layer is kept in FP32 on request",
                        "kept in FP32 on request");
        assertThat(result.left()).containsKey("Conv 'second'");
        Audit audit = Audit.of(OnnxWriter.toBytes(result.model()), SessionOptions.defaults());
        assertThat(audit.left()).extracting(Audit.Finding::node).anyMatch(n -> n.contains("'second'"));
        float[] expected = TestNets.run(model, others, "y");
        assertThat(TestNets.decibels(expected, TestNets.run(result.model(), others, "y")))
                .isGreaterThan(24);
    }

    @Test
    void anOutputInTheMiddleKeepsItsName() {
        Model model = TestNets.of((net, x) -> {
            Value features = net.ops.op("Relu", net.conv(x, 16, 3, 1));
            features.setName("features");
            net.graph.addOutput(features);
            return net.conv(features, 16, 1, 1);
        });
        Model quantized = quantize(model, OPTIONS).model();
        assertThat(quantized.graph().outputs()).extracting(Value::name).containsExactly("features", "y");
        assertThat(TestNets.decibels(
                        TestNets.run(model, others, "features"), TestNets.run(quantized, others, "features")))
                .isGreaterThan(24);
    }

    /** The reader in FP32 gets what the bytes mean; with the floats themselves the runtime would keep the product in FP32. */
    @Test
    void aReaderInFloatKeepsNoKernelInFloat() {
        Model model = TestNets.of((net, x) -> {
            Value features = net.ops.op("Relu", net.conv(x, 16, 3, 1));
            Value bent = net.ops.op("Elu", features);
            return net.ops.add(net.conv(features, 16, 1, 1), net.conv(bent, 16, 1, 1));
        });
        Model quantized = quantize(model, OPTIONS).model();
        Audit audit = Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults());
        assertThat(audit.operators()).containsEntry("QLinearConv", 4).doesNotContainKey("FusedConv");
        assertThat(audit.left()).extracting(Audit.Finding::reason).anyMatch(r -> r.contains("for Elu"));
        assertThat(TestNets.decibels(TestNets.run(model, others, "y"), TestNets.run(quantized, others, "y")))
                .isGreaterThan(24);
    }

    /** Batch norms that stay are products and sums in FP32 between integer kernels; here they must be gone. */
    @Test
    void batchNormsAreFolded() {
        Model model = TestNets.of((net, x) -> {
            Value c = net.conv(x, 16, 3, 1);
            Value one = net.graph.addConstant(Tensor.filled(ElementType.FLOAT, 1.5, 16));
            Value n = net.ops.op("BatchNormalization", c, one, net.weights(0.2, 16), net.weights(0.2, 16), one);
            return net.ops.op("Relu", n);
        });
        Model quantized = quantize(model, OPTIONS).model();
        assertThat(quantized.graph().nodes()).noneMatch(n -> n.is("BatchNormalization") || n.is("Mul"));
        assertThat(TestNets.decibels(TestNets.run(model, others, "y"), TestNets.run(quantized, others, "y")))
                .isGreaterThan(24);
    }

    /** A channel of zeros, activations that are always zero, a bias that dwarfs its weights. */
    @Test
    void degenerateLayersStayFinite() {
        Model model = TestNets.of((net, x) -> {
            Value zero = net.graph.addConstant(Tensor.filled(ElementType.FLOAT, 0, 16, 16, 1, 1));
            Value minus = net.graph.addConstant(Tensor.filled(ElementType.FLOAT, -1, 16));
            Value dead = net.ops.op("Relu", net.ops.op("Conv", x, zero, minus));
            Value deadClip = net.clip(net.ops.op("Conv", dead, zero, minus));
            Value tiny = net.graph.addConstant(Tensor.filled(ElementType.FLOAT, 1e-12, 16, 16, 1, 1));
            Value large = net.graph.addConstant(Tensor.filled(ElementType.FLOAT, 50, 16));
            Value constant = net.ops.op("Relu", net.ops.op("Conv", deadClip, tiny, large));
            return net.ops.add(constant, net.conv(x, 16, 1, 1));
        });
        Model quantized = quantize(model, OPTIONS).model();
        assertThat(TestNets.decibels(TestNets.run(model, others, "y"), TestNets.run(quantized, others, "y")))
                .isGreaterThan(24);
        assertThat(Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults())
                        .left())
                .isEmpty();
    }

    // ---- bad input

    @Test
    void refusesAModelThatIsQuantizedAlready() {
        Model quantized = quantize(TestNets.of("residual"), OPTIONS).model();
        assertThatThrownBy(() -> quantize(quantized, OPTIONS))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("quantized already")
                .hasMessageNotContaining("\n");
    }

    @Test
    void needsImages() {
        assertThatThrownBy(() -> Quantizer.quantize(
                        TestNets.of("residual"), CalibrationData.of(List.of()), OPTIONS, Progress.NONE))
                .isInstanceOf(CompressionException.class)
                .hasMessage("no calibration data were given, expected at least one");
    }

    @Test
    void refusesImagesOfAnotherShape() {
        try (NativeTensor wrong = NativeTensor.allocate(1, 2, 3, 8, 8)) {
            assertThatThrownBy(() -> Quantizer.quantize(
                            TestNets.of("residual"), CalibrationData.of(List.of(wrong)), OPTIONS, Progress.NONE))
                    .isInstanceOf(CompressionException.class)
                    .hasMessageContaining("input 'x' is float[1,3,8,8], expected float[?,16,12,12]");
        }
    }

    @Test
    void namesWhatIsNotFinite() {
        Model broken = TestNets.of((net, x) -> net.ops.op(
                "Conv", x, net.graph.addConstant(Tensor.filled(ElementType.FLOAT, Double.NaN, 4, 16, 1, 1))));
        assertThatThrownBy(() -> quantize(broken, OPTIONS))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("weights hold NaN")
                .hasMessageNotContaining("\n");
        images.buffer().putFloat(4 * (3 * 16 * 144 + 5), Float.NaN);
        assertThatThrownBy(() -> quantize(TestNets.of("residual"), OPTIONS))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("activation 'x' is not finite")
                .hasMessageContaining("sample 3");
    }

    @Test
    void saysWhyNothingCanBeQuantized() {
        Model model = TestNets.of("residual");
        Set<String> all = new java.util.HashSet<>();
        model.graph().nodes().stream()
                .filter(n -> n.is("Conv") || n.is("Gemm"))
                .forEach(n -> all.add(n.output().name()));
        assertThatThrownBy(() -> quantize(model, OPTIONS.withKeepFp32(all)))
                .isInstanceOf(CompressionException.class)
                .hasMessageStartingWith("nothing to quantize: ");
    }

    @Test
    void refusesToKeepANodeThatIsNotThere() {
        Model model = TestNets.of("residual");
        assertThatThrownBy(() -> quantize(model, OPTIONS.withKeepFp32(Set.of("absent"))))
                .isInstanceOf(CompressionException.class)
                .hasMessageContainingAll("'absent'", "Conv '");
    }

    @Test
    void refusesASecondInput() {
        Model model = TestNets.of(
                (net, x) -> net.ops.add(x, net.graph.addInput("z", ElementType.FLOAT, Shape.of(1, 16, 12, 12))));
        assertThatThrownBy(() -> quantize(model, OPTIONS))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("2 inputs, expected one");
    }

    @Test
    void refusesAnOddPercentile() {
        for (double bad : new double[] {0, 50, 101, Double.NaN}) {
            assertThatThrownBy(() -> OPTIONS.withPercentile(bad)).isInstanceOf(CompressionException.class);
        }
        assertThat(OPTIONS.withPercentile(99.5).percentile()).isEqualTo(99.5);
    }

    /** One image tells little of the ranges, but enough for others of its kind. */
    @ParameterizedTest
    @EnumSource(CalibrationMethod.class)
    void oneImageIsEnough(CalibrationMethod method) {
        Model model = TestNets.of("residual");
        try (NativeTensor one = TestNets.images(1, 5)) {
            Model quantized = Quantizer.quantize(
                            model, CalibrationData.of(List.of(one)), OPTIONS.withMethod(method), Progress.NONE)
                    .model();
            assertThat(quantized.metadata().get(Quantizer.METADATA_KEY)).contains("on 1 sample,");
            assertThat(TestNets.decibels(TestNets.run(model, others, "y"), TestNets.run(quantized, others, "y")))
                    .isGreaterThan(12);
        }
    }

    /** The axis of the steps differs, and a node in FP32 reads the weights as they were. */
    @Test
    void weightsThatAreReadInSeveralWaysStayRightForEach() {
        Model model = TestNets.of((net, x) -> {
            Value shared = net.weights(0.3, 16, 16);
            Value rows = net.ops.reshape(net.ops.transpose(x, 0, 2, 3, 1), -1, 16);
            Value once = net.ops.op("Relu", net.ops.op("Gemm", Map.of("transB", 0), rows, shared));
            Value twice = net.ops.op("Gemm", Map.of("transB", 1), once, shared);
            Value image = net.ops.op("Reshape", twice, net.ops.vector(-1, TestNets.SIZE, TestNets.SIZE, 16));
            Value sines = net.ops.unsqueeze(net.ops.op("Sin", shared), 0, 1);
            Value mean = net.ops.reduceMean(sines, true, 2, 3);
            return net.ops.add(net.conv(net.ops.transpose(image, 0, 3, 1, 2), 16, 3, 1), mean);
        });
        Model quantized =
                quantize(model, OPTIONS.withMethod(CalibrationMethod.MIN_MAX)).model();
        assertThat(quantized.graph().nodes().stream().filter(n -> n.is("Gemm")))
                .hasSize(3)
                .allMatch(n -> n.input(1).producer().is("DequantizeLinear"));
        assertThat(TestNets.decibels(TestNets.run(model, others, "y"), TestNets.run(quantized, others, "y")))
                .isGreaterThan(24);
    }

    @Test
    void layersThatShareWeightsShareTheirBytes() {
        Model model = TestNets.of((net, x) -> {
            Value shared = net.weights(0.1, 16, 16, 3, 3);
            Map<String, ?> padded = Map.of("pads", new long[] {1, 1, 1, 1});
            Value once = net.ops.op("Relu", net.ops.op("Conv", padded, x, shared));
            return net.ops.op("Relu", net.ops.op("Conv", padded, once, shared));
        });
        Model quantized = Quantizer.quantize(model, data, OPTIONS.withCorrectBias(false), Progress.NONE)
                .model();
        long[] dims = {16, 16, 3, 3};
        Model read = dev.hone.graph.onnx.OnnxReader.readUnchanged(OnnxWriter.toBytes(quantized));
        assertThat(read.graph().values().stream()
                        .filter(v -> v.constant() != null
                                && v.constant().type() == ElementType.INT8
                                && java.util.Arrays.equals(v.constant().dims(), dims))
                        .count())
                // The first convolution of every such network has weights of its own.
                .isEqualTo(2);
        assertThat(TestNets.decibels(TestNets.run(model, images, "y"), TestNets.run(quantized, images, "y")))
                .isGreaterThan(24);
    }

    @Test
    void weightsThatAreNotFiniteAreNamedBeforeAnyRun() {
        Model model = TestNets.of("residual");
        Node conv = model.graph().nodes().stream()
                .filter(n -> n.is("Conv"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        float[] weights = conv.input(1).constant().floats();
        weights[17] = Float.NaN;
        conv.input(1)
                .setConstant(Tensor.ofFloats(weights, conv.input(1).constant().dims()));
        assertThatThrownBy(() -> Quantizer.quantize(model, data, OPTIONS, Progress.NONE))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("weights hold NaN at element 17");
    }

    /** A bias per row of a square product has as many numbers as one per column; one that excludes a class is infinite. */
    @Test
    void otherBiasesStayInFp32() {
        float[] mask = new float[12];
        mask[5] = Float.NEGATIVE_INFINITY;
        float[] rows = new float[12];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i - 6;
        }
        for (Tensor bias :
                List.of(Tensor.ofFloats(mask, 12), Tensor.ofFloats(mask, 1, 12), Tensor.ofFloats(rows, 12, 1))) {
            Model model = new Model(new Graph("biases"));
            Ops ops = new Ops(model.graph());
            Random random = new Random(4);
            Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(12, 12));
            Value h = ops.op("Gemm", x, ops.constant(gaussian(random, 12, 12)), ops.constant(bias));
            Value y = ops.matmul(ops.op("Softmax", h), ops.constant(gaussian(random, 12, 3)));
            y.setName("y");
            model.graph().addOutput(y);
            try (NativeTensor samples =
                    NativeTensor.ofFloats(gaussian(random, 12, 12).floats(), 12, 12)) {
                QuantizationResult result =
                        Quantizer.quantize(model, CalibrationData.of(List.of(samples)), OPTIONS, Progress.NONE);
                assertThat(result.left()).hasSize(1);
                assertThat(TestNets.decibels(
                                TestNets.run(model, samples, "y"), TestNets.run(result.model(), samples, "y")))
                        .isGreaterThan(24);
            }
        }
    }

    private static Tensor gaussian(Random random, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.ofFloats(values, rows, columns);
    }

    /** Chains of matrix products have no biases to correct. */
    @Test
    void productsAloneAreQuantized() {
        Model model = new Model(new Graph("products"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(8, 12));
        Ops ops = new Ops(model.graph());
        Random random = new Random(4);
        Value first = ops.constant(gaussian(random, 12, 12));
        Value y = ops.matmul(ops.op("Relu", ops.matmul(x, first)), ops.constant(gaussian(random, 12, 3)));
        y.setName("y");
        model.graph().addOutput(y);
        try (NativeTensor rows = NativeTensor.ofFloats(new float[96], 8, 12)) {
            for (int i = 0; i < 96; i++) {
                rows.buffer().asFloatBuffer().put(i, (float) random.nextGaussian());
            }
            Model quantized = Quantizer.quantize(model, CalibrationData.of(List.of(rows)), OPTIONS, Progress.NONE)
                    .model();
            assertThat(TestNets.decibels(TestNets.run(model, rows, "y"), TestNets.run(quantized, rows, "y")))
                    .isGreaterThan(24);
        }
    }

    /** Of 4.4 MB, which is more than folding takes; the sum behind it is written as Sum. */
    @Test
    void productsOfConstantsStayInFp32() {
        Model model = TestNets.of((n, x) -> {
            Value large = n.ops.matmul(n.weights(1, 1100, 8), n.weights(1, 8, 1000));
            Value term = n.ops.op("ReduceMean", Map.of("keepdims", 0), large);
            return n.conv(n.ops.op("Sum", n.conv(x, 16, 3, 1), n.ops.mul(x, term)), 8, 1, 1);
        });
        QuantizationResult result = quantize(model, OPTIONS);
        assertThat(result.left().values())
                .containsExactly("it is a product of constants, too large to be computed beforehand");
        float[] expected = TestNets.run(model, others, "y");
        assertThat(TestNets.decibels(expected, TestNets.run(result.model(), others, "y")))
                .isGreaterThan(24);
        assertThat(result.model().graph().nodes()).noneMatch(node -> node.is("Sum"));
    }
}
