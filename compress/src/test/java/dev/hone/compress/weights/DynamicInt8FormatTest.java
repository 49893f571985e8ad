package dev.hone.compress.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicInt8FormatTest {
    private static final int INPUTS = 96;
    private static final int OUTPUTS = 37;
    private static final float[] W = WeightNets.weights(INPUTS * OUTPUTS, 1);

    private static Converter.Converted convert(Model model) {
        return Converter.convert(model, new DynamicInt8Format(false, true), Progress.NONE);
    }

    /** What the runtime makes of a model. */
    private static List<String> operators(Model model, Path folder) {
        Path optimized = folder.resolve("optimized.onnx");
        Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults().withOptimizedModel(optimized))
                .close();
        return OnnxReader.readUnchanged(optimized).graph().nodes().stream()
                .map(Node::op)
                .toList();
    }

    /** Each output is a sum of 96 products, each within half a scale of the weight and half a scale of the input. */
    @ParameterizedTest
    @CsvSource({"matmul", "gemm", "transposed"})
    void staysCloseAndFuses(String form, @TempDir Path folder) {
        float[] x = WeightNets.weights(50 * INPUTS, 9);
        Model model = WeightNets.of(form, W, INPUTS, OUTPUTS);
        try (NativeTensor rows = NativeTensor.ofFloats(x, 50, INPUTS)) {
            float[] expected = WeightNets.run(model, rows);
            assertThat(convert(model).left()).isEmpty();
            float[] found = WeightNets.run(model, rows);
            double signal = 0;
            double noise = 0;
            for (int i = 0; i < expected.length; i++) {
                double e = expected[i] - (form.equals("gemm") ? 0.25 : 0);
                signal += e * e;
                noise += Math.pow((double) expected[i] - found[i], 2);
            }
            assertThat(10 * Math.log10(signal / noise)).isGreaterThan(32);
        }
        assertThat(operators(model, folder)).containsExactly("DynamicQuantizeMatMul");
    }

    @Test
    void readersOfOneActivationShareItsBytes(@TempDir Path folder) {
        Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value other = graph.addConstant(Tensor.ofFloats(WeightNets.weights(INPUTS * 16, 2), INPUTS, 16));
        graph.addOutput(new Ops(graph).matmul(graph.inputs().get(0), other));
        assertThat(convert(model).tensors()).isEqualTo(2);
        assertThat(graph.nodes().stream().filter(n -> n.is("DynamicQuantizeLinear")))
                .hasSize(1);
        assertThat(operators(model, folder))
                .containsExactlyInAnyOrder("DynamicQuantizeLinear", "MatMulIntegerToFloat", "MatMulIntegerToFloat");
    }

    @Test
    void tablesBecomeBlocksOfBytes() {
        Model model = WeightNets.of("gather", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value y = graph.outputs().get(0);
        y.setName("row");
        Value last = new Ops(graph)
                .matmul(y, graph.addConstant(Tensor.ofFloats(WeightNets.weights(INPUTS * 16, 2), INPUTS, 16)));
        last.setName("y");
        graph.setOutput(0, last);
        try (NativeTensor all =
                NativeTensor.ofLongs(LongStream.range(0, OUTPUTS).toArray(), OUTPUTS)) {
            float[] expected = WeightNets.run(model, all);
            convert(model);
            assertThat(graph.nodes()).anyMatch(n -> n.op().equals("GatherBlockQuantized"));
            float[] found = WeightNets.run(model, all);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(0.02f));
            }
        }
    }

    @Test
    void namesWhatStaysFloat() {
        Model model = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        Graph graph = model.graph();
        Value image = graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.of(1), Dim.of(3), Dim.of(8), Dim.of(8)));
        Value kernels = graph.addConstant(Tensor.ofFloats(WeightNets.weights(3 * 3 * 9, 3), 3, 3, 3, 3));
        Value y = new Ops(graph).op("Conv", Map.of(), image, kernels);
        y.producer().setName("stem");
        graph.addOutput(y);
        assertThat(convert(model).left()).hasSize(1).containsKey("Conv 'stem'").allSatisfy((node, reason) -> assertThat(
                        reason)
                .contains("not fused"));
    }

    @Test
    void refusesInOneLineWhatCannotBeDone() {
        Model lookup = WeightNets.of("gather", W, INPUTS, OUTPUTS);
        assertThatThrownBy(() -> convert(lookup)).hasMessageContaining("nothing to quantize");
        float[] damaged = W.clone();
        damaged[5] = Float.NaN;
        Model nan = WeightNets.of("matmul", damaged, INPUTS, OUTPUTS);
        assertThatThrownBy(() -> convert(nan)).hasMessageContaining("'w'").hasMessageContaining("NaN");
        Model twice = WeightNets.of("matmul", W, INPUTS, OUTPUTS);
        convert(twice);
        assertThatThrownBy(() -> convert(twice)).hasMessageContaining("quantized already");
    }
}
