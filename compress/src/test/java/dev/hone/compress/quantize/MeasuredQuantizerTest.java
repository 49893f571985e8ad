package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeasuredQuantizerTest {
    private static final QuantizerOptions OPTIONS =
            QuantizerOptions.defaults().withReduceRange(false).withMethod(CalibrationMethod.MIN_MAX);

    private final NativeTensor images = TestNets.images(8, 1);
    private final CalibrationFeeds data = CalibrationFeeds.of("x", CalibrationData.of(List.of(images)));

    @AfterEach
    void close() {
        images.close();
    }

    /** A stopwatch that sums a made-up price over the nodes of a model. */
    private static Stopwatch priced(ToDoubleFunction<Node> price) {
        return models -> models.stream()
                .mapToDouble(bytes -> OnnxReader.readUnchanged(bytes).graph().nodes().stream()
                        .mapToDouble(price)
                        .sum())
                .toArray();
    }

    private MeasuredResult quantize(Model model, ToDoubleFunction<Node> price) {
        return MeasuredQuantizer.quantize(model, data, OPTIONS, Progress.NONE, priced(price), priced(price));
    }

    private static boolean readsBytes(Node node) {
        int last = node.is("Conv") ? 1 : 0;
        return node.input(last).producer() != null
                && node.input(last).producer().is("DequantizeLinear");
    }

    /** Conversions that the runtime does not fuse away: bytes of what is computed in FP32, floats of bytes. */
    private static boolean isConversion(Node node) {
        if (node.is("QuantizeLinear")) {
            Node before = node.input(0).producer();
            return before == null
                    || !(before.is("Clip") || before.is("Relu")
                            ? isFused(before.input(0).producer())
                            : isFused(before));
        }
        return node.is("DequantizeLinear")
                && !node.input(0).isConstant()
                && (node.output().isOutput()
                        || node.output().uses().stream()
                                .noneMatch(u -> isFused(u.node())
                                        && u.node().output().uses().stream()
                                                .allMatch(v -> !v.node().is("Flatten"))));
    }

    private static boolean isFused(Node node) {
        return node != null && readsBytes(node);
    }

    private static double price(Node node, double integerConv, double depthwise, double conversion) {
        if (node.is("Conv")) {
            return !readsBytes(node) ? 1 : node.intAttribute("group", 1) > 1 ? depthwise : integerConv;
        }
        return isConversion(node) ? conversion : 0;
    }

    private static List<String> convs(Model model, boolean integers) {
        List<String> names = new ArrayList<>();
        for (Node node : model.graph().nodes()) {
            if (node.is("Conv") && readsBytes(node) == integers) {
                names.add(node.intAttribute("group", 1) > 1 ? "depthwise" : "conv");
            }
        }
        return names;
    }

    @Test
    void takesIntegersWhereAllAreFaster() {
        MeasuredResult result = quantize(TestNets.of("inverted residual"), n -> price(n, 0.2, 0.2, 0));
        assertThat(convs(result.quantization().model(), false)).isEmpty();
        assertThat(result.report().isFp32()).isFalse();
    }

    @Test
    void leavesTheSlowKindInFloat() {
        MeasuredResult result = quantize(TestNets.of("inverted residual"), n -> price(n, 0.2, 5, 0.01));
        assertThat(convs(result.quantization().model(), false)).containsExactly("depthwise");
        assertThat(convs(result.quantization().model(), true))
                .containsOnly("conv")
                .hasSize(4);
        assertThat(result.report().measured().get(result.report().chosen()).name())
                .isEqualTo("the plan");
        assertThat(result.report().regions()).anyMatch(r -> r.chosen().name().contains("in FP32"));
    }

    /** Depthwise is a little slower in INT8, but less than the conversions around it cost. */
    @Test
    void countsConversions() {
        MeasuredResult result = quantize(TestNets.of("inverted residual"), n -> price(n, 0.2, 1.05, 0.1));
        assertThat(convs(result.quantization().model(), false)).isEmpty();
    }

    @Test
    void keepsFloatWhereNothingIsFaster() {
        Model model = TestNets.of("residual");
        MeasuredResult result = quantize(model, n -> price(n, 2, 2, 0.1));
        assertThat(result.report().isFp32()).isTrue();
        assertThat(result.report().summary()).contains("FP32 model is kept");
        assertThat(result.report().regions()).allMatch(r -> r.chosen().name().equals("FP32"));
        Model kept = result.quantization().model();
        assertThat(kept.metadata().get(Quantizer.METADATA_KEY)).startsWith("none");
        kept.metadata().remove(Quantizer.METADATA_KEY);
        assertThat(OnnxWriter.toBytes(kept)).isEqualTo(OnnxWriter.toBytes(model));
    }

    /** Regions promise much, whole models differ by no more than from round to round: the smaller one is taken. */
    @Test
    void ofModelsThatTieTheSmallerOneWins() {
        int[] round = {0};
        Stopwatch noisy = new Stopwatch() {
            @Override
            public double[] time(List<byte[]> models) {
                return models.stream()
                        .mapToDouble(bytes -> priced(n -> price(n, 0.5, 0.5, 0)).time(List.of(bytes))[0]
                                * (1 + 0.05 * (round[0]++ % 3)))
                        .toArray();
            }

            @Override
            public double[][] rounds(List<byte[]> models) {
                return new double[][] {time(models), time(models), time(models)};
            }
        };
        MeasuredResult result = MeasuredQuantizer.quantize(
                TestNets.of("inverted residual"),
                data,
                OPTIONS,
                Progress.NONE,
                priced(n -> price(n, 0.2, 5, 0.01)),
                noisy);
        assertThat(result.report().isAllInt8()).isTrue();
        assertThat(convs(result.quantization().model(), false)).isEmpty();
    }

    @Test
    void aPlanThatTakesLongerThanItsRegionsPromiseSaysSo() {
        MeasuredResult kept = quantize(TestNets.of("inverted residual"), n -> price(n, 0.2, 5, 0.01));
        assertThat(kept.report().deviation()).isEmpty();
        PlanReport broken = new PlanReport(
                List.of(),
                1.4,
                List.of(
                        new PlanReport.Whole("FP32", 9.0),
                        new PlanReport.Whole("all in INT8", 5.6),
                        new PlanReport.Whole("the plan", 5.5)),
                1,
                "");
        assertThat(broken.deviation()).contains("1.400 ms", "5.500 ms");
        assertThat(new PlanReport(List.of(), 5.2, broken.measured(), 1, "").deviation())
                .isEmpty();
    }

    @Test
    void roundsTellDifferencesFromNoise() {
        RoundTimes clear = new RoundTimes(new double[][] {{1, 2}, {1.1, 2}, {0.9, 2.1}});
        assertThat(clear.isFaster(0, 1, 0.02)).isTrue();
        assertThat(clear.of(0)).isEqualTo(1);
        RoundTimes noise = new RoundTimes(new double[][] {{1, 1.05}, {1.1, 1}, {0.9, 1.1}});
        assertThat(noise.isFaster(0, 1, 0.02)).isFalse();
        assertThat(noise.isFaster(1, 0, 0.02)).isFalse();
    }

    /** The plan's regions may promise what the whole does not keep. */
    @Test
    void believesTheWholeRatherThanTheParts() {
        MeasuredResult result = MeasuredQuantizer.quantize(
                TestNets.of("residual"),
                data,
                OPTIONS,
                Progress.NONE,
                priced(n -> price(n, 0.1, 0.1, 0)),
                priced(n -> price(n, 2, 2, 0)));
        assertThat(result.report().isFp32()).isTrue();
    }

    @Test
    void nodesKeptInFloatOnRequestStayThere() {
        Model model = TestNets.of("residual");
        String first = Quantizer.prepare(model)
                .graph()
                .nodes()
                .iterator()
                .next()
                .output()
                .name();
        MeasuredResult result = MeasuredQuantizer.quantize(
                model,
                data,
                OPTIONS.withKeepFp32(java.util.Set.of(first)),
                Progress.NONE,
                priced(n -> price(n, 0.1, 0.1, 0)),
                priced(n -> price(n, 0.1, 0.1, 0)));
        assertThat(convs(result.quantization().model(), false)).hasSize(1);
    }

    static Stream<String> patterns() {
        return TestNets.PATTERNS.keySet().stream();
    }

    /** With real sessions: parts open and run, whatever is chosen stays close to the FP32 model. */
    @ParameterizedTest
    @MethodSource("patterns")
    void everyPartRuns(String pattern) {
        Model model = TestNets.of(pattern);
        Stopwatch brief = new SessionStopwatch(SessionOptions.defaults(), Duration.ZERO, Map.of());
        List<byte[]> whole = new ArrayList<>();
        MeasuredResult result = MeasuredQuantizer.quantize(model, data, OPTIONS, Progress.NONE, brief, models -> {
            whole.addAll(models);
            double[] times = brief.time(models);
            times[0] = 1e9;
            return times;
        });
        assertThat(result.report().regions()).isNotEmpty();
        float[] expected = TestNets.run(model, images, "y");
        for (byte[] made : whole) {
            assertThat(TestNets.decibels(expected, TestNets.run(OnnxReader.read(made), images, "y")))
                    .isGreaterThan(24);
        }
    }

    /** Equal blocks are timed once. */
    @Test
    void equalPartsAreTimedOnce() {
        Model model = TestNets.of((n, x) -> {
            dev.hone.graph.Value y = x;
            for (int i = 0; i < 6; i++) {
                y = n.ops.op("Relu", n.conv(y, 16, 3, 1));
            }
            return y;
        });
        List<Integer> sizes = new ArrayList<>();
        Stopwatch counting = models -> {
            sizes.add(models.size());
            return priced(n -> price(n, 0.5, 0.5, 0)).time(models);
        };
        MeasuredResult result = MeasuredQuantizer.quantize(model, data, OPTIONS, Progress.NONE, counting, counting);
        int regions = result.report().regions().size();
        assertThat(regions).isEqualTo(4);
        // Twice for each region, twice for each pair of neighbours, three times for whole models, if nothing were
        // equal. The
        // first
        // region differs (its input is float), so does the last; the two in the middle are equal.
        assertThat(sizes.size()).isLessThan(2 * regions + 2 * (regions - 1) + 3);
    }

    @Test
    void graphsOfTheSameStructureHaveTheSameKey() {
        Graph a = TestNets.of("residual").graph();
        Graph b = TestNets.of("residual").graph();
        b.nodes().iterator().next().setName("another");
        assertThat(StructureKey.of(a)).isEqualTo(StructureKey.of(b));
        assertThat(StructureKey.of(a))
                .isNotEqualTo(StructureKey.of(TestNets.of("leaky").graph()));
        b.nodes().iterator().next().set("group", 2);
        assertThat(StructureKey.of(a)).isNotEqualTo(StructureKey.of(b));
    }

    /** Returning layers to float for accuracy may cost what integers gained. */
    @Test
    void whatAGuardReturnedIsTimedAgain() {
        Model model = TestNets.of("residual");
        QuantizationResult mixed = Quantizer.quantize(model, data, OPTIONS, Progress.NONE);
        assertThat(MeasuredQuantizer.notSlower(mixed, models -> new double[] {2, 1}))
                .isSameAs(mixed);
        QuantizationResult kept = MeasuredQuantizer.notSlower(mixed, models -> new double[] {1, 2});
        assertThat(convs(kept.model(), true)).isEmpty();
        assertThat(kept.model().metadata().get(Quantizer.METADATA_KEY))
                .startsWith("none: ")
                .contains("2.000 ms, FP32 1.000 ms");
    }

    /** Two inputs, one of indices; height, width and the number of rows are open: as text detectors and encoders are. */
    @Test
    void openSizesAreThoseOfTheData() {
        Model model = openModel();
        try (NativeTensor x = TestNets.images(2, 3);
                NativeTensor rows = NativeTensor.ofLongs(new long[] {1, 3, 0, 2}, 2, 2);
                NativeTensor first = NativeTensor.ofLongs(new long[] {1, 3}, 1, 2)) {
            CalibrationFeeds feeds = new CalibrationFeeds() {
                @Override
                public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
                    consumer.accept(Map.of("x", x, "rows", rows));
                }
            };
            List<Long> pixels = new ArrayList<>();
            Stopwatch parts = models -> {
                models.forEach(bytes -> OnnxReader.readUnchanged(bytes).graph().inputs().stream()
                        .map(Value::shape)
                        .filter(shape -> shape.rank() == 4)
                        .forEach(shape -> pixels.add(shape.size(3))));
                return new SessionStopwatch(SessionOptions.defaults(), Duration.ZERO, Map.of("rows", first))
                        .time(models);
            };
            MeasuredResult result = MeasuredQuantizer.quantize(
                    model, feeds, OPTIONS, Progress.NONE, parts, priced(n -> price(n, 0.1, 0.1, 0)));
            assertThat(result.report().regions()).isNotEmpty();
            assertThat(pixels).isNotEmpty().containsOnly((long) TestNets.SIZE);
            assertThat(result.quantization().int8Nodes()).isGreaterThan(2);
        }
    }

    private static Model openModel() {
        TestNets net = new TestNets();
        Value x = net.graph.addInput(
                "x",
                ElementType.FLOAT,
                Shape.of(Dim.symbol("N"), Dim.of(TestNets.CHANNELS), Dim.symbol("H"), Dim.symbol("W")));
        Value rows = net.graph.addInput("rows", ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.symbol("R")));
        Value y = x;
        for (int i = 0; i < 4; i++) {
            y = net.ops.op("Relu", net.conv(y, TestNets.CHANNELS, 3, 1));
        }
        Value words = net.ops.op("Gather", Map.of("axis", 0), net.weights(1, 4, TestNets.CHANNELS), rows);
        Value mean = net.ops.unsqueeze(net.ops.reduceMean(words, false, 1), 2, 3);
        net.graph.addOutput(net.conv(net.ops.add(y, mean), 4, 1, 1));
        return new Model(net.graph);
    }
}
