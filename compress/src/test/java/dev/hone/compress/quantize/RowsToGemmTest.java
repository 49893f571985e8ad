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
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.RewriteRules;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.testkit.SameOutputs;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsToGemmTest {
    private final Graph graph = new Graph("rows");
    private final Ops ops = new Ops(graph);
    private final Random random = new Random(3);

    private Value weights(double deviation, long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return ops.constant(Tensor.ofFloats(values, dims));
    }

    private Value input(Dim... dims) {
        return graph.addInput("x", ElementType.FLOAT, Shape.of(dims));
    }

    private Value layer(Value x, int in, int out) {
        return ops.add(weights(0.1, out), ops.matmul(x, weights(0.25, in, out)));
    }

    /** {@code x + W2 gelu(W1 x + b1) + b2}, as Transformers have it. */
    private Model block(Dim... dims) {
        Value x = input(dims);
        Value y = ops.add(x, layer(ops.op("Gelu", layer(x, 16, 48)), 48, 16));
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void computesTheSame(int open) {
        Model model = block(open > 0 ? Dim.symbol("N") : Dim.of(2), open > 1 ? Dim.symbol("T") : Dim.of(5), Dim.of(16));
        byte[] before = OnnxWriter.toBytes(model);
        assertThat(RewriteRules.of(new RowsToGemm()).run(model)).isTrue();
        assertThat(graph.nodes().stream().map(Node::op)).doesNotContain("MatMul");
        graph.uniqueNames();
        SameOutputs.check(before, OnnxWriter.toBytes(model), 4, 1e-5);
    }

    private String reason(Value product) {
        graph.addOutput(product);
        Node add = graph.nodes().stream()
                .filter(n -> n.is("Add"))
                .reduce((a, b) -> b)
                .orElseThrow();
        Match match = new RowsToGemm().match(add);
        assertThat(match).isInstanceOf(Match.Declined.class);
        return ((Match.Declined) match).reason();
    }

    @Test
    void declinesMatrices() {
        assertThat(reason(layer(input(Dim.of(3), Dim.of(16)), 16, 8))).contains("two axes");
    }

    @Test
    void declinesABiasOfRows() {
        Value x = input(Dim.of(2), Dim.of(5), Dim.of(16));
        assertThat(reason(ops.add(ops.matmul(x, weights(1, 16, 8)), weights(1, 5, 1))))
                .contains("no constant row");
    }

    /** The runtime finds both products of a block whose shape it knows, and the function between them, in INT8. */
    @Test
    void theRuntimeComputesABlockInIntegers() {
        Model model = block(Dim.of(1), Dim.of(32), Dim.of(16));
        float[] values = new float[32 * 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (NativeTensor x = NativeTensor.ofFloats(values, 1, 32, 16)) {
            Model quantized = Quantizer.quantize(
                            model,
                            CalibrationData.of(List.of(x)),
                            QuantizerOptions.defaults()
                                    .withMethod(CalibrationMethod.MIN_MAX)
                                    .withReduceRange(false),
                            Progress.NONE)
                    .model();
            Audit audit = Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults());
            assertThat(audit.left()).isEmpty();
            assertThat(audit.operators()).containsEntry("QGemm", 2).containsKey("QLinearSigmoid");
            assertThat(TestNets.decibels(TestNets.run(model, x, "y"), TestNets.run(quantized, x, "y")))
                    .isGreaterThan(30);
        }
    }
}
