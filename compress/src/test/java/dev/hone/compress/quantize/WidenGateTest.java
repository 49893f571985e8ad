package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Match;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.testkit.SameOutputs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WidenGateTest {
    private static Model model(int channels, int height, int width, boolean gateFirst) {
        Graph graph = new Graph("gate");
        Value x = graph.addInput(
                "x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(channels), Dim.of(height), Dim.of(width)));
        Ops ops = new Ops(graph);
        Value gate = ops.op("Sigmoid", ops.op("GlobalAveragePool", x));
        graph.addOutput(gateFirst ? ops.mul(gate, x) : ops.mul(x, gate));
        return new Model(graph);
    }

    private static Match match(Model model) {
        Node mul = model.graph().nodes().stream()
                .filter(n -> n.is("Mul"))
                .findFirst()
                .orElseThrow();
        return new WidenGate().match(mul);
    }

    @ParameterizedTest
    @CsvSource({"16, 32, 32, false", "5, 20, 60, true", "64, 64, 16, false"})
    void computesTheSame(int channels, int height, int width, boolean gateFirst) {
        Model model = model(channels, height, width, gateFirst);
        byte[] before = OnnxWriter.toBytes(model);
        Match match = match(model);
        assertThat(match).isInstanceOf(Match.Found.class);
        ((Match.Found) match).rewrite().run();
        assertThat(model.graph().nodes()).anyMatch(n -> n.is("Expand"));
        SameOutputs.check(before, OnnxWriter.toBytes(model), 2, 1e-7);
    }

    @ParameterizedTest
    @CsvSource({"16, 20, 20", "96, 56, 56", "1, 64, 64"})
    void declines(int channels, int height, int width) {
        assertThat(match(model(channels, height, width, false))).isInstanceOf(Match.Declined.class);
    }

    /** In a quantized network the row of factors is made of bytes, and nothing is left in FP32. */
    @Test
    void theRuntimeExpandsBytes() {
        TestNets net = new TestNets();
        Value x = net.graph.addInput(
                "x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(32), Dim.of(32)));
        Value a = net.ops.op("Relu", net.conv(x, 16, 3, 1));
        Value gate = net.ops.op(
                "HardSigmoid", Map.of("alpha", 0.2f), net.conv(net.ops.op("GlobalAveragePool", a), 16, 1, 1));
        net.graph.addOutput(net.conv(net.ops.mul(a, gate), 8, 1, 1));
        float[] values = new float[3 * 32 * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7919 % 200 - 100) / 50f;
        }
        try (NativeTensor image = NativeTensor.ofFloats(values, 1, 3, 32, 32)) {
            Model quantized = Quantizer.quantize(
                            new Model(net.graph),
                            CalibrationData.of(List.of(image)),
                            QuantizerOptions.defaults().withMethod(CalibrationMethod.MIN_MAX),
                            Progress.NONE)
                    .model();
            Audit audit = Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults());
            assertThat(audit.left()).isEmpty();
            assertThat(audit.operators()).containsEntry("Expand", 1).containsKey("QLinearMul");
            String y = net.graph.outputs().get(0).name();
            assertThat(TestNets.decibels(
                            TestNets.run(new Model(net.graph), image, y), TestNets.run(quantized, image, y)))
                    .isGreaterThan(24);
        }
    }
}
