package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.core.limit.CarriedDequantize;
import dev.hone.core.limit.ModelLimits;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * ONNX Runtime aborts the process when it opens a model in which a subgraph reads what the operators of {@link
 * CarriedDequantize} made of dequantized values: a test that fails here may do so by ending the whole run.
 */
class CarriedDequantizeTest {
    private final NativeTensor images = TestNets.images(2, 1);

    static Stream<String> movers() {
        return CarriedDequantize.OVER.stream().sorted();
    }

    /** What an operator makes of [N,16,12,12]. */
    private static Value move(Ops o, String operator, Value x) {
        return switch (operator) {
            case "MaxPool" ->
                o.op("MaxPool", Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}), x);
            case "Reshape" -> o.op("Reshape", x, o.constant(Tensor.ofLongs(new long[] {0, -1}, 2)));
            case "Slice" -> o.slice(x, 1, 0, 5, 1);
            case "Squeeze" -> o.op("Squeeze", o.op("Unsqueeze", x, axis(o, 1)), axis(o, 1));
            case "Transpose" -> o.op("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), x);
            case "Unsqueeze" -> o.op("Unsqueeze", x, axis(o, 2));
            default -> throw new IllegalArgumentException(operator + " needs an example here");
        };
    }

    private static Value axis(Ops o, long axis) {
        return o.constant(Tensor.ofLongs(new long[] {axis}, 1));
    }

    /** An If on the largest element of x whose branches read a value, as deep inside as is asked for. */
    private static Value choose(Ops o, Value x, Value read, int depth) {
        Value large = o.op("Greater", o.op("ReduceMax", Map.of("keepdims", 0), x), o.constant(0.5f));
        Graph then = new Graph("then");
        Ops inside = new Ops(then);
        then.addOutput(depth > 1 ? choose(inside, x, read, depth - 1) : inside.op("Relu", read));
        Graph otherwise = new Graph("else");
        otherwise.addOutput(new Ops(otherwise).op("Neg", read));
        return o.op("If", Map.of("then_branch", then, "else_branch", otherwise), large);
    }

    private static Value dequantized(Ops o, Value x) {
        Value step = o.constant(0.02f);
        Value zero = o.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {100}));
        return o.op("DequantizeLinear", o.op("QuantizeLinear", x, step, zero), step, zero);
    }

    private static boolean found(Model model) {
        return ModelLimits.check(ByteBuffer.wrap(OnnxWriter.toBytes(model))).carriesIntoSubgraph();
    }

    private static Model model(Ops o, Value y) {
        y.setType(ElementType.FLOAT);
        y.setName("y");
        o.graph().addOutput(y);
        return new Model(o.graph());
    }

    private static Ops ops() {
        return new Ops(new Graph("quantized"));
    }

    private static Value input(Ops o) {
        return o.graph().addInput("x", ElementType.FLOAT, Shape.of(2, TestNets.CHANNELS, TestNets.SIZE, TestNets.SIZE));
    }

    @ParameterizedTest
    @MethodSource("movers")
    void aModelOfTheKindIsRunAsItSays(String operator) {
        for (int depth = 1; depth < 3; depth++) {
            Ops o = ops();
            Value x = input(o);
            Model model = model(o, choose(o, x, move(o, operator, dequantized(o, x)), depth));
            assertThat(found(model)).isTrue();
            assertThat(TestNets.run(model, images, "y")).containsExactly(unoptimized(model));
        }
    }

    private float[] unoptimized(Model model) {
        SessionOptions plain = SessionOptions.defaults().withOptimization(SessionOptions.Optimization.NONE);
        try (Session session = Session.open(OnnxWriter.toBytes(model), plain)) {
            Map<String, NativeTensor> out = session.run(Map.of("x", images));
            float[] values = out.get("y").floats();
            out.values().forEach(NativeTensor::close);
            return values;
        }
    }

    /** The runtime carries it over none of these, and keeps what it makes faster. */
    @Test
    void othersAreOptimized() {
        Ops direct = ops();
        Value x = input(direct);
        assertThat(found(model(direct, choose(direct, x, dequantized(direct, x), 1))))
                .isFalse();
        Ops behind = ops();
        Value z = input(behind);
        Value moved = move(behind, "Reshape", dequantized(behind, z));
        assertThat(found(model(behind, choose(behind, z, behind.op("Exp", moved), 1))))
                .isFalse();
        Ops plain = ops();
        Value w = input(plain);
        assertThat(found(model(plain, choose(plain, w, move(plain, "Reshape", w), 1))))
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("movers")
    void quantizationWritesNone(String operator) {
        Model model = TestNets.of((net, x) -> {
            Value layer = net.conv(net.ops.op("Relu", net.conv(x, 16, 3, 1)), 16, 3, 1);
            Value chosen = choose(net.ops, x, move(net.ops, operator, layer), 1);
            Value back = net.ops.op("Reshape", chosen, net.ops.constant(Tensor.ofLongs(new long[] {-1, 1, 12, 12}, 4)));
            return net.conv(
                    net.ops.op("ReduceMean", back, net.ops.constant(Tensor.ofLongs(new long[] {0}, 1))), 4, 3, 1);
        });
        CalibrationFeeds data = CalibrationFeeds.of("x", CalibrationData.of(List.of(images)));
        Model quantized = Quantizer.quantize(model, data, QuantizerOptions.defaults(), Progress.NONE)
                .model();
        assertThat(found(quantized)).isFalse();
        assertThat(Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults())
                        .operators())
                .containsEntry("QLinearConv", 4);
        assertThat(TestNets.decibels(TestNets.run(model, images, "y"), TestNets.run(quantized, images, "y")))
                .isGreaterThan(20);
    }
}
