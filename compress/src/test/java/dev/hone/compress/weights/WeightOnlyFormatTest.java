package dev.hone.compress.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.stream.Converter;
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
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightOnlyFormatTest {
    private static final int INPUTS = 96;
    private static final int OUTPUTS = 37;
    private static final float[] W = WeightNets.weights(INPUTS * OUTPUTS, 1);

    private static Converter.Converted convert(Model model, WeightOptions options) {
        return Converter.convert(model, new WeightOnlyFormat(options), Progress.NONE);
    }

    @Test
    void saysThatConvolutionsStay() {
        Model model = WeightNets.of("gemm", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value image = graph.addInput("image", ElementType.FLOAT, Shape.of(1, 3, 8, 8));
        Value kernels = graph.addConstant("kernels", Tensor.ofFloats(WeightNets.weights(16 * 3 * 9, 3), 16, 3, 3, 3));
        Value y = new Ops(graph).op("Conv", Map.of(), image, kernels);
        y.producer().setName("stem");
        graph.addOutput(y);
        assertThat(convert(model, WeightOptions.ofBits(4)).left())
                .hasSize(1)
                .containsKey("Conv 'stem'")
                .allSatisfy((node, reason) -> assertThat(reason).contains("use static quantization"));
        Model convolutions = new Model(new Graph("convolutions"));
        Graph only = convolutions.graph();
        Value x = only.addInput("x", ElementType.FLOAT, Shape.of(1, 3, 8, 8));
        Tensor weights = Tensor.ofFloats(WeightNets.weights(16 * 3 * 9, 3), 16, 3, 3, 3);
        only.addOutput(new Ops(only).op("Conv", Map.of(), x, only.addConstant("w", weights)));
        assertThatThrownBy(() -> convert(convolutions, WeightOptions.ofBits(4)))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("nothing to quantize: ")
                .hasMessageContaining("use static quantization");
    }

    /** {@code w[n][k]} as the runtime unpacks it: rows of the identity matrix go through the model. */
    private static float[] unpacked(Model model, String form) {
        boolean lookup = form.equals("gather");
        float[] y;
        try (NativeTensor x = lookup
                ? NativeTensor.ofLongs(LongStream.range(0, OUTPUTS).toArray(), OUTPUTS)
                : WeightNets.identity(INPUTS)) {
            y = WeightNets.run(model, x);
        }
        if (lookup) {
            return y;
        }
        float[] w = new float[y.length];
        for (int i = 0; i < y.length; i++) {
            w[i % OUTPUTS * INPUTS + i / OUTPUTS] = y[i] - (form.equals("gemm") ? 0.25f : 0);
        }
        return w;
    }

    /**
     * In the runtime's hands every weight is within a scale of what it was, the scale being a level's share of the block's
     * range: half a scale by rounding the weight, half by rounding the zero point or by the level that is missing.
     */
    @ParameterizedTest
    @CsvSource({
        "matmul, 4, 32, false",
        "matmul, 4, 64, false",
        "matmul, 4, 32, true",
        "matmul, 8, 32, false",
        "matmul, 8, 128, true",
        "transposed, 4, 16, false",
        "gemm, 4, 32, false",
        "gemm, 8, 64, true",
        "gather, 4, 32, false",
        "gather, 4, 16, true",
        "gather, 8, 32, false"
    })
    void weightsStayWithinAStep(String form, int bits, int blockSize, boolean symmetric) {
        Model model = WeightNets.of(form, W, INPUTS, OUTPUTS);
        WeightOptions options = WeightOptions.ofBits(bits)
                .withBlockSize(blockSize)
                .withSymmetric(symmetric)
                .withAccuracyLevel(1);
        assertThat(convert(model, options).left()).isEmpty();
        assertThat(model.graph().nodes()).noneMatch(n -> n.is("MatMul") || n.is("Gemm") || n.is("Gather"));
        float[] found = unpacked(model, form);
        double largest = 0;
        for (int n = 0; n < OUTPUTS; n++) {
            for (int from = 0; from < INPUTS; from += blockSize) {
                int end = Math.min(INPUTS, from + blockSize);
                double low = 0;
                double high = 0;
                for (int k = from; k < end; k++) {
                    low = Math.min(low, W[n * INPUTS + k]);
                    high = Math.max(high, W[n * INPUTS + k]);
                }
                double scale = symmetric ? Math.max(-low, high) / (1 << (bits - 1)) : (high - low) / ((1 << bits) - 1);
                for (int k = from; k < end; k++) {
                    double error = Math.abs(found[n * INPUTS + k] - W[n * INPUTS + k]);
                    assertThat(error).isLessThanOrEqualTo(1.001 * scale);
                    largest = Math.max(largest, error / scale);
                }
            }
        }
        assertThat(largest).isBetween(0.4, 1.001);
    }

    private static double squares(float[] found) {
        double sum = 0;
        for (int i = 0; i < W.length; i++) {
            sum += Math.pow((double) found[i] - W[i], 2);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"4, 32, false", "4, 128, false", "4, 32, true", "8, 32, false"})
    void halfQuadraticErrsLessThanNearest(int bits, int blockSize, boolean symmetric) {
        WeightOptions options = WeightOptions.ofBits(bits)
                .withBlockSize(blockSize)
                .withSymmetric(symmetric)
                .withAccuracyLevel(1);
        Model nearest = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        convert(nearest, options);
        Model hqq = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        convert(hqq, options.withRounding(Rounding.HQQ));
        assertThat(squares(unpacked(hqq, "matmul"))).isLessThan(0.97 * squares(unpacked(nearest, "matmul")));
    }

    /** Inputs that go together, as activations do: then GPTQ makes up for the errors, which is what it is for. */
    @Test
    void gptqErrsLessInWhatComesOut() {
        float[] hidden = WeightNets.weights(64 * 12, 5);
        float[] mix = WeightNets.weights(12 * INPUTS, 6);
        float[] x = new float[64 * INPUTS];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < 12; j++) {
                x[i] += 400 * hidden[i / INPUTS * 12 + j] * mix[j * INPUTS + i % INPUTS];
            }
        }
        WeightOptions options = WeightOptions.ofBits(4).withAccuracyLevel(1);
        try (NativeTensor rows = NativeTensor.ofFloats(x, 64, INPUTS)) {
            Model model = WeightNets.of("gemm", W, INPUTS, OUTPUTS);
            float[] expected = WeightNets.run(model, rows);
            WeightOptions gptq = options.withRounding(Rounding.GPTQ);
            InputStatistics statistics = InputStatistics.collect(
                    model,
                    gptq,
                    CalibrationFeeds.of("x", CalibrationData.of(List.of(rows))),
                    dev.hone.runtime.SessionOptions.defaults());
            assertThat(statistics.samples()).isEqualTo(64);
            Model nearest = WeightNets.of("gemm", W, INPUTS, OUTPUTS);
            convert(nearest, options);
            Converter.convert(model, new WeightOnlyFormat(gptq, statistics), Progress.NONE);
            assertThat(squaredError(expected, WeightNets.run(model, rows)))
                    .isLessThan(0.4 * squaredError(expected, WeightNets.run(nearest, rows)));
        }
    }

    /** Paddle writes weights as nodes: what comes out is the same, with calibration too. */
    @ParameterizedTest
    @CsvSource({"NEAREST", "GPTQ"})
    void weightsMayBeNodes(Rounding rounding) {
        WeightOptions options = WeightOptions.ofBits(4).withAccuracyLevel(1).withRounding(rounding);
        float[][] found = new float[2][];
        try (NativeTensor rows = NativeTensor.ofFloats(WeightNets.weights(64 * INPUTS, 5), 64, INPUTS)) {
            for (int i = 0; i < 2; i++) {
                Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
                Graph graph = model.graph();
                if (i == 1) {
                    Value weights = graph.find("w");
                    weights.replaceBy(new Ops(graph).op("Constant", Map.of("value", weights.constant())));
                    graph.removeConstant(weights);
                }
                InputStatistics statistics = InputStatistics.collect(
                        model,
                        options,
                        CalibrationFeeds.of("x", CalibrationData.of(List.of(rows))),
                        dev.hone.runtime.SessionOptions.defaults());
                Converter.convert(model, new WeightOnlyFormat(options, statistics), Progress.NONE);
                assertThat(graph.nodes()).extracting(Node::op).containsExactly("MatMulNBits");
                found[i] = WeightNets.run(model, rows);
            }
        }
        assertThat(found[1]).isEqualTo(found[0]);
    }

    private static double squaredError(float[] expected, float[] found) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.pow((double) expected[i] - found[i], 2);
        }
        return sum;
    }

    @Test
    void saysWhatWasDoneAndIsAFifthOfTheSize() {
        Model model = WeightNets.of("matmul", WeightNets.weights(256 * 512, 3), 256, 512);
        int before = OnnxWriter.toBytes(model).length;
        Converter.Converted converted = convert(model, WeightOptions.ofBits(4).withBlockSize(64));
        assertThat(converted.tensors()).isEqualTo(1);
        assertThat(OnnxWriter.toBytes(model).length).isLessThan(before * 16 / 100);
        assertThat(model.metadata().get(Quantizer.METADATA_KEY))
                .contains("INT4")
                .contains("64");
        assertThat(model.graph().inputs().get(0).shape().dim(0)).isEqualTo(Dim.symbol("N"));
    }

    // ---- what stays in FP32, and what is refused

    @Test
    void sharedWeightsAreStoredOnce() {
        Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value again = new Ops(graph).matmul(graph.inputs().get(0), graph.find("w"));
        graph.addOutput(again);
        assertThat(convert(model, WeightOptions.ofBits(4)).tensors()).isEqualTo(1);
        assertThat(graph.nodes()).hasSize(2).allMatch(n -> n.op().equals("MatMulNBits"));
        assertThat(OnnxReader.read(OnnxWriter.toBytes(model)).graph().constants())
                .hasSize(3);
    }

    @Test
    void weightsThatOthersReadStay() {
        Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        graph.addOutput(ops.op("Relu", graph.find("w")));
        graph.addOutput(ops.matmul(graph.inputs().get(0), ops.constant(Tensor.ofFloats(W, INPUTS, OUTPUTS))));
        assertThat(convert(model, WeightOptions.ofBits(4)).left())
                .hasSize(1)
                .allSatisfy((node, reason) -> assertThat(reason).contains("also read by Relu"));
        assertThat(graph.nodes()).anyMatch(n -> n.is("MatMul"));
    }

    @Test
    void subgraphsStayAsTheyAre() {
        Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value x = graph.inputs().get(0);
        Node branch = graph.addNode("", "If", List.of(graph.addConstant(Tensor.ofBools(new boolean[] {true}))));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            body.addOutput(new Ops(body).matmul(x, body.addConstant("own", Tensor.ofFloats(W, INPUTS, OUTPUTS))));
            branch.set(name, body);
        }
        graph.addOutput(
                branch.addOutput("z").setType(ElementType.FLOAT).setShape(Shape.of(Dim.symbol("N"), Dim.of(OUTPUTS))));
        byte[] before = OnnxWriter.toBytes(model);
        convert(model, WeightOptions.ofBits(4).withAccuracyLevel(1));
        assertThat(branch.subgraphs()).allSatisfy(b -> assertThat(b.nodes()).allMatch(n -> n.is("MatMul")));
        assertThat(OnnxWriter.toBytes(model).length).isLessThan(before.length);
        try (NativeTensor rows = WeightNets.identity(INPUTS)) {
            assertThat(WeightNets.run(model, rows)).hasSize(INPUTS * OUTPUTS);
        }
    }

    @Test
    void refusesInOneLineWhatCannotBeDone() {
        Model bad = WeightNets.of("gemm", W.clone(), INPUTS, OUTPUTS);
        float[] damaged = W.clone();
        damaged[1234] = Float.NaN;
        Model nan = WeightNets.of("gemm", damaged, INPUTS, OUTPUTS);
        assertThatThrownBy(() -> convert(nan, WeightOptions.ofBits(4)))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("'w'")
                .hasMessageContaining("NaN")
                .hasMessageContaining("element 1234");
        damaged[1234] = Float.NEGATIVE_INFINITY;
        Model infinite = WeightNets.of("matmul", damaged, INPUTS, OUTPUTS);
        assertThatThrownBy(() -> convert(infinite, WeightOptions.ofBits(4))).hasMessageContaining("Infinity");
        convert(bad, WeightOptions.ofBits(4));
        assertThatThrownBy(() -> convert(bad, WeightOptions.ofBits(4))).hasMessageContaining("quantized already");
        Graph empty = new Graph("empty");
        empty.addOutput(new Ops(empty).op("Relu", empty.addInput("x", ElementType.FLOAT, Shape.of(Dim.of(3)))));
        assertThatThrownBy(() -> convert(new Model(empty), WeightOptions.ofBits(4)))
                .hasMessageContaining("nothing to quantize");
        assertThatThrownBy(() -> WeightOptions.ofBits(3)).hasMessageContaining("expected 4 or 8");
        assertThatThrownBy(() -> WeightOptions.ofBits(4).withBlockSize(48)).hasMessageContaining("expected 16");
        assertThatThrownBy(() -> new WeightOnlyFormat(WeightOptions.ofBits(4).withRounding(Rounding.GPTQ)))
                .hasMessageContaining("calibration");
    }
}
