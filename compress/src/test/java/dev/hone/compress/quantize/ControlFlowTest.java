package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with If and Loop: what is around them becomes INT8, what is inside stays as it is. */
class ControlFlowTest {
    private static final QuantizerOptions OPTIONS =
            QuantizerOptions.defaults().withReduceRange(false).withMethod(CalibrationMethod.MIN_MAX);

    /** A decision this far from the threshold is the same in INT8. */
    private static final float CLEAR = 0.3f;

    private static final Map<String, BiFunction<TestNets, Value, Value>> KINDS =
            Map.of("If", ControlFlowTest::branch, "Loop", ControlFlowTest::loop);

    private final NativeTensor images = TestNets.images(8, 1);
    private final CalibrationFeeds data = CalibrationFeeds.of("x", CalibrationData.of(List.of(images)));

    @AfterEach
    void close() {
        images.close();
    }

    /** Three convolutions, control flow that reads what they compute from inside its subgraphs, three convolutions. */
    private static Model model(String kind) {
        return TestNets.of((net, x) -> {
            Value before = net.conv(net.ops.op("Relu", net.conv(x, 16, 3, 1)), 16, 3, 1);
            Value flow = KINDS.get(kind).apply(net, before);
            return net.ops.op("Relu", net.conv(net.ops.op("Relu", net.conv(flow, 16, 3, 1)), 16, 3, 1));
        });
    }

    /** By the sign of a difference, which is an output too: a convolution of what was computed, or a Relu of it. */
    private static Value branch(TestNets net, Value read) {
        Value difference =
                net.ops.op("ReduceSum", Map.of("keepdims", 0), net.ops.sub(pixel(net, read, 3), pixel(net, read, 8)));
        difference.setName("difference");
        net.graph.addOutput(difference);
        Graph then = new Graph("then");
        Value kernel = then.addConstant("kernel", net.weights(0.1, 16, 16, 3, 3).constant());
        then.addOutput(new Ops(then).op("Conv", Map.of("pads", new long[] {1, 1, 1, 1}), read, kernel));
        Graph otherwise = new Graph("else");
        otherwise.addOutput(new Ops(otherwise).op("Relu", read));
        return net.ops.op(
                "If",
                Map.of("then_branch", then, "else_branch", otherwise),
                net.ops.op("Greater", difference, net.ops.constant(0f)));
    }

    private static Value pixel(TestNets net, Value image, int column) {
        Value row = net.ops.slice(net.ops.slice(image, 1, 3, 4, 1), 2, 5, 6, 1);
        return net.ops.slice(net.ops.slice(row, 0, 0, 1, 1), 3, column, column + 1, 1);
    }

    /** Three times: half of it and what was computed before. The only reader is a Relu inside, and what is carried. */
    private static Value loop(TestNets net, Value read) {
        Graph body = new Graph("body");
        Ops ops = new Ops(body);
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        Value going = body.addInput("going", ElementType.BOOL, Shape.SCALAR);
        Value carried = body.addInput("carried", ElementType.FLOAT, read.shape());
        body.addOutput(ops.op("Identity", going));
        body.addOutput(ops.add(ops.mul(carried, ops.constant(0.5f)), ops.op("Relu", read)));
        return net.ops.op(
                "Loop",
                Map.of("body", body),
                net.ops.constant(Tensor.scalar(3L)),
                net.ops.constant(Tensor.ofBools(new boolean[] {true})),
                net.ops.constant(Tensor.filled(ElementType.FLOAT, 0.25, 1, 16, TestNets.SIZE, TestNets.SIZE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"If", "Loop"})
    void isASegmentOfItsOwn(String kind) {
        Model model = model(kind);
        List<String> timed = new ArrayList<>();
        Stopwatch real = new SessionStopwatch(SessionOptions.defaults(), Duration.ZERO, Map.of());
        Stopwatch watched = models -> {
            real.time(models);
            models.forEach(
                    bytes -> OnnxReader.readUnchanged(bytes).graph().nodes().forEach(n -> timed.add(n.op())));
            return priced(models);
        };
        MeasuredResult result =
                MeasuredQuantizer.quantize(model, data, OPTIONS, Progress.NONE, watched, ControlFlowTest::priced);
        assertThat(timed).contains("Conv").doesNotContain(kind);
        List<PlanReport.Region> regions = result.report().regions();
        assertThat(regions).filteredOn(r -> r.why().startsWith("control flow")).hasSize(1);
        assertThat(regions.get(0).chosen().name()).isEqualTo("INT8");
        assertThat(regions.get(regions.size() - 1).chosen().name()).isEqualTo("INT8");
        Model quantized =
                OnnxReader.read(OnnxWriter.toBytes(result.quantization().model()));
        assertThat(quantized.graph().nodes())
                .filteredOn(n -> n.is("Conv"))
                .hasSize(5)
                .allMatch(n ->
                        n.input(1).producer() != null && n.input(1).producer().is("DequantizeLinear"));
        assertThat(quantized.graph().nodes())
                .filteredOn(n -> n.is(kind))
                .hasSize(1)
                .allSatisfy(n -> assertThat(n.subgraphs()).allSatisfy(ControlFlowTest::isFloat));
        sameOutputs(model, quantized, kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"If", "Loop"})
    void isLeftAloneWhereAllBecomesIntegers(String kind) {
        Model model = model(kind);
        Model quantized =
                Quantizer.quantize(model, data, OPTIONS, Progress.NONE).model();
        assertThat(quantized.graph().nodes())
                .filteredOn(n -> n.is(kind))
                .hasSize(1)
                .allSatisfy(n -> assertThat(n.subgraphs()).allSatisfy(ControlFlowTest::isFloat));
        assertThat(Audit.of(OnnxWriter.toBytes(quantized), SessionOptions.defaults())
                        .operators())
                .containsEntry("QLinearConv", 5);
        sameOutputs(model, quantized, kind);
    }

    private static void isFloat(Graph subgraph) {
        assertThat(subgraph.nodes())
                .isNotEmpty()
                .noneMatch(n -> n.op().endsWith("QuantizeLinear") || n.op().equals("DequantizeLinear"));
    }

    /** Integers are faster; the parts are run for real all the same. */
    private static double[] priced(List<byte[]> models) {
        return models.stream()
                .mapToDouble(bytes -> OnnxReader.readUnchanged(bytes).graph().nodes().stream()
                        .filter(n -> n.is("Conv"))
                        .mapToDouble(n -> n.input(1).producer() == null ? 1 : 0.2)
                        .sum())
                .toArray();
    }

    /** On images that it has not seen, one by one, so that both branches are taken. */
    private static void sameOutputs(Model model, Model quantized, String kind) {
        int positive = 0;
        int negative = 0;
        for (int seed = 10; seed < 22; seed++) {
            try (NativeTensor image = TestNets.images(1, seed)) {
                if (kind.equals("If")) {
                    float difference = TestNets.run(model, image, "difference")[0];
                    if (Math.abs(difference) < CLEAR) {
                        continue;
                    }
                    positive += difference > 0 ? 1 : 0;
                    negative += difference < 0 ? 1 : 0;
                }
                assertThat(TestNets.decibels(TestNets.run(model, image, "y"), TestNets.run(quantized, image, "y")))
                        .isGreaterThan(20);
            }
        }
        if (kind.equals("If")) {
            assertThat(positive).isPositive();
            assertThat(negative).isPositive();
        }
    }
}
