package dev.hone.compress.half;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.stream.Converter;
import dev.hone.compress.weights.WeightNets;
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
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HalfFormatTest {
    private static final int WIDTH = 48;

    private static Converter.Converted convert(Model model, HalfOptions options) {
        return Converter.convert(model, new HalfFormat(options), Progress.NONE);
    }

    private static Tensor square(long seed) {
        return Tensor.ofFloats(WeightNets.weights(WIDTH * WIDTH, seed), WIDTH, WIDTH);
    }

    private interface Body {
        Value of(Ops ops, Value x);
    }

    private static Model model(Body body) {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(WIDTH)));
        Value y = body.of(new Ops(graph), x);
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    /** One row per weight, from N(0, 0.05), times a factor. */
    private static NativeTensor rows(float factor) {
        float[] x = WeightNets.weights(20 * WIDTH, 77);
        for (int i = 0; i < x.length; i++) {
            x[i] *= factor;
        }
        return NativeTensor.ofFloats(x, 20, WIDTH);
    }

    /** Rounding to 11 bits, three times, with sums of 48: within a hundredth of the largest value. */
    private static void requireClose(Model model, HalfOptions options, NativeTensor x) {
        float[] expected = WeightNets.run(model, x);
        convert(model, options);
        Verifier.check(model);
        float[] found = WeightNets.run(OnnxReader.read(OnnxWriter.toBytes(model)), x);
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(0.01f * largest));
        }
    }

    private static Value attention(Ops ops, Value x) {
        Value scores = ops.matmul(ops.matmul(x, ops.constant(square(1))), ops.transpose(x, 1, 0));
        Value row = ops.op("ReduceMean", Map.of("keepdims", 1), x, ops.vector(1));
        Value hidden = ops.mul(ops.cast(ops.op("Greater", row, ops.constant(0f)), ElementType.FLOAT), -3.4e38);
        Value weights = ops.op("Softmax", ops.add(scores, ops.transpose(hidden, 1, 0)));
        return ops.matmul(weights, x);
    }

    private static Value normalized(Ops ops, Value x) {
        Value centred = ops.sub(x, ops.reduceMean(x, true, 1));
        Value variance = ops.reduceMean(ops.mul(centred, centred), true, 1);
        Value deviation = ops.op("Sqrt", ops.add(variance, 1e-12));
        return ops.matmul(ops.div(centred, deviation), ops.constant(square(2)));
    }

    @Test
    void computesInHalfAndStaysClose() {
        Model model = model((ops, x) -> ops.op(
                "Relu",
                ops.add(
                        ops.matmul(x, ops.constant(square(1))),
                        ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, WIDTH)))));
        try (NativeTensor x = rows(10)) {
            requireClose(model, HalfOptions.float16(), x);
        }
        for (Node node : model.graph().nodes()) {
            if (!node.is("Cast")) {
                assertThat(node.output().type()).isEqualTo(ElementType.FLOAT16);
            }
        }
        assertThat(model.graph().inputs().get(0).type()).isEqualTo(ElementType.FLOAT);
        assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("y");
        assertThat(model.graph().outputs().get(0).type()).isEqualTo(ElementType.FLOAT);
        assertThat(model.graph().constants())
                .allMatch(c -> c.constant().count() < 2 || c.type() == ElementType.FLOAT16);
    }

    @Test
    void inputsAndOutputsCanBeHalfToo() {
        Model model = model((ops, x) -> ops.matmul(x, ops.constant(square(1))));
        convert(model, HalfOptions.float16().withKeepInterface(false));
        assertThat(model.graph().nodes()).hasSize(1);
        assertThat(model.graph().inputs().get(0).type()).isEqualTo(ElementType.FLOAT16);
        assertThat(model.graph().outputs().get(0).type()).isEqualTo(ElementType.FLOAT16);
        Verifier.check(model);
    }

    /** A mask of -3.4e38 is beyond float16; everything up to the Softmax stays in FP32. */
    @Test
    void masksStayFloatUpToTheSoftmax() {
        Model model = model(HalfFormatTest::attention);
        try (NativeTensor x = rows(10)) {
            requireClose(model, HalfOptions.float16(), x);
        }
        Model again = model(HalfFormatTest::attention);
        Map<String, String> left = convert(again, HalfOptions.float16()).left();
        assertThat(left.keySet().stream().map(label -> label.split(" ")[0]))
                .contains("Mul", "Transpose", "Add", "Softmax")
                .doesNotContain("MatMul");
        assertThat(left.values()).anyMatch(reason -> reason.contains("3.4E38") && reason.contains("too large"));
    }

    /** 1e-12 is 0 in float16, and a row of zeros would become a division by zero. */
    @Test
    void smallTermsStayFloatWhereTheyGuardADivision() {
        Model model = model(HalfFormatTest::normalized);
        Map<String, String> left = convert(model, HalfOptions.float16()).left();
        assertThat(left.keySet().stream().map(label -> label.split(" ")[0]))
                .containsExactlyInAnyOrder("Add", "Sqrt", "Div");
        try (NativeTensor zeros = NativeTensor.ofFloats(new float[WIDTH], 1, WIDTH)) {
            assertThat(WeightNets.run(model, zeros)).containsOnly(0f);
        }
        try (NativeTensor x = rows(10)) {
            requireClose(model(HalfFormatTest::normalized), HalfOptions.float16(), x);
        }
    }

    /** The guard of a norm, moved on its way to the division: PyTorch's {@code F.normalize} expands it. */
    @ParameterizedTest
    @ValueSource(strings = {"Expand", "Reshape", "Transpose", "Concat", "Abs"})
    void smallTermsStayFloatOnTheirWayToADivision(String move) {
        Body body = (ops, x) -> {
            Value norm = ops.op("Sqrt", ops.op("ReduceSum", Map.of("keepdims", 1), ops.mul(x, x), ops.vector(1)));
            Value guarded = ops.op("Clip", norm, ops.constant(1e-12f));
            Value moved =
                    switch (move) {
                        case "Expand" -> ops.op("Expand", guarded, ops.op("Shape", x));
                        case "Reshape" -> ops.op("Reshape", guarded, ops.vector(-1, 1));
                        case "Transpose" -> ops.transpose(ops.transpose(guarded, 1, 0), 1, 0);
                        case "Concat" -> ops.op("Concat", Map.of("axis", 1), guarded);
                        default -> ops.op("Abs", guarded);
                    };
            return ops.matmul(ops.div(x, moved), ops.constant(square(2)));
        };
        Model model = model(body);
        assertThat(convert(model, HalfOptions.float16()).left().keySet())
                .noneMatch(label -> label.startsWith("MatMul"));
        try (NativeTensor zeros = NativeTensor.ofFloats(new float[WIDTH], 1, WIDTH)) {
            assertThat(WeightNets.run(model, zeros)).containsOnly(0f);
        }
        try (NativeTensor x = rows(10)) {
            requireClose(model(body), HalfOptions.float16(), x);
        }
    }

    /** Squares of thousands overflow; only measuring tells. */
    @Test
    void activationsMeasuredTooLargeStayFloat() {
        Body norm = (ops, x) -> ops.mul(
                ops.op("Sqrt", ops.reduceMean(ops.mul(x, x), true, 1)),
                ops.constant(Tensor.filled(ElementType.FLOAT, 2, WIDTH)));
        try (NativeTensor x = rows(20000)) {
            Map<String, Float> largest = ActivationRanges.collect(
                    model(norm), CalibrationFeeds.of("x", CalibrationData.of(List.of(x))), SessionOptions.defaults());
            assertThat(largest.values()).anyMatch(size -> size > 65504);
            Model model = model(norm);
            requireClose(model, HalfOptions.float16().withLargest(largest), x);
            for (Node node : model.graph().nodes()) {
                Float size = largest.get(node.output().name());
                if (size != null && size > 65504) {
                    assertThat(node.output().type()).isEqualTo(ElementType.FLOAT);
                }
            }
            assertThat(model.graph().nodes())
                    .anyMatch(n -> n.is("Mul") && n.output().type() == ElementType.FLOAT16);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void weightsCanBeStoredOnly(boolean bfloat) {
        HalfOptions options =
                bfloat ? HalfOptions.bfloat16() : HalfOptions.float16().withComputes(false);
        Model model = model((ops, x) -> ops.op("Tanh", ops.matmul(x, ops.constant(square(1)))));
        int before = OnnxWriter.toBytes(model).length;
        try (NativeTensor x = rows(10)) {
            requireClose(model, options, x);
        }
        assertThat(OnnxWriter.toBytes(model).length).isLessThan(before * 6 / 10);
        assertThat(model.graph().nodes().stream().filter(n -> n.is("Cast"))).hasSize(1);
    }

    @Test
    void networksLoadAndRunInTheRuntime() {
        Model model = Networks.build(NetworkSpec.of("mobilenetv3-small", 3).withMultipliers(0.35, 1));
        byte[] before = OnnxWriter.toBytes(model);
        convert(model, HalfOptions.float16());
        byte[] after = OnnxWriter.toBytes(model);
        assertThat(after.length).isLessThan(before.length * 6 / 10);
        try (NativeTensor image = NativeTensor.allocate(1, 1, 3, 224, 224)) {
            for (int i = 0; i < image.count(); i++) {
                image.buffer().putFloat(4 * i, i * 7919L % 256);
            }
            dev.hone.testkit.SameOutputs.check(
                    before, after, Map.of(model.graph().inputs().get(0).name(), image), 0.02);
        }
    }

    @Test
    void subgraphsStayAsTheyAre() {
        Model model = model((ops, x) -> ops.op("Relu", ops.matmul(x, ops.constant(square(1)))));
        Graph graph = model.graph();
        Value inner = graph.outputs().get(0);
        inner.setName("inner");
        Node branch = graph.addNode("", "If", List.of(graph.addConstant(Tensor.ofBools(new boolean[] {true}))));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            body.addOutput(new Ops(body).matmul(inner, body.addConstant("own" + name, square(3))));
            branch.set(name, body);
        }
        Value y = branch.addOutput("y").setType(ElementType.FLOAT).setShape(Shape.of(Dim.symbol("N"), Dim.of(WIDTH)));
        graph.setOutput(0, y);
        try (NativeTensor x = rows(10)) {
            requireClose(model, HalfOptions.float16(), x);
        }
        assertThat(branch.subgraphs())
                .allSatisfy(g -> assertThat(g.constants()).allMatch(c -> c.type() == ElementType.FLOAT));
    }

    /** The runtime's shape inference counts a third window, in the padding behind, which its kernel leaves out. */
    @Test
    void aPoolWhoseCeilModeAddsNothingIsReadByASubgraph() {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1, 1, 5, 5));
        Value pooled = new Ops(graph)
                .op(
                        "AveragePool",
                        Map.of(
                                "kernel_shape", new long[] {2, 2},
                                "strides", new long[] {4, 4},
                                "pads", new long[] {1, 1, 1, 1},
                                "ceil_mode", 1),
                        new Ops(graph).op("Conv", x, graph.addConstant(Tensor.ofFloats(new float[] {2}, 1, 1, 1, 1))));
        Node branch = graph.addNode("", "If", List.of(graph.addConstant(Tensor.ofBools(new boolean[] {true}))));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            body.addOutput(new Ops(body).op("Neg", pooled));
            branch.set(name, body);
        }
        graph.addOutput(branch.addOutput("y").setType(ElementType.FLOAT).setShape(Shape.of(1, 1, 2, 2)));
        byte[] before = OnnxWriter.toBytes(new Model(graph));
        Model model = new Model(graph);
        convert(model, HalfOptions.float16().withKeepInterface(true));
        try (NativeTensor image = NativeTensor.allocate(1, 1, 1, 5, 5)) {
            image.buffer().putFloat(0, 2);
            dev.hone.testkit.SameOutputs.check(before, OnnxWriter.toBytes(model), Map.of("x", image), 0.001);
        }
    }

    @Test
    void nothingBecomesInfiniteSilently() {
        float[] large = WeightNets.weights(WIDTH * WIDTH, 1);
        large[100] = 70000;
        Tensor weights = Tensor.ofFloats(large, WIDTH, WIDTH);
        Model model = model((ops, x) -> ops.matmul(
                ops.op("Tanh", ops.matmul(x, ops.graph().addConstant("big", weights))), ops.constant(square(1))));
        Map<String, String> left =
                convert(model, HalfOptions.float16().withKeepInterface(true)).left();
        assertThat(left.values()).hasSize(2).allMatch(reason -> reason.contains("'big'") && reason.contains("70000"));
        // Without a look ahead, as for large tensors in files, the conversion itself refuses.
        HalfTensor blind = new HalfTensor(
                "big",
                weights,
                dev.hone.compress.stream.Storage.heap().allocate(ElementType.FLOAT16, WIDTH, WIDTH),
                HalfOptions.float16());
        assertThatThrownBy(() -> {
                    try (dev.hone.compress.stream.Source source = new dev.hone.compress.stream.Source()) {
                        blind.convert(0, source);
                    }
                })
                .hasMessageContaining("'big'")
                .hasMessageContaining("70000.0 at element 100")
                .hasMessageContaining("65504");
        large[100] = Float.NaN;
        assertThatThrownBy(() -> convert(
                        model((ops, x) ->
                                ops.matmul(x, ops.graph().addConstant("bad", Tensor.ofFloats(large, WIDTH, WIDTH)))),
                        HalfOptions.float16()))
                .hasMessageContaining("'bad'")
                .hasMessageContaining("NaN");
    }

    @Test
    void keepsNodesFloatOnRequest() {
        Model model = model((ops, x) -> {
            Value first = ops.matmul(x, ops.constant(square(1)));
            first.producer().setName("first");
            return ops.matmul(first, ops.constant(square(2)));
        });
        convert(model, HalfOptions.float16().withKeepFp32(Set.of("first")));
        Node first = model.graph().nodes().stream()
                .filter(n -> n.name().equals("first"))
                .findFirst()
                .orElseThrow();
        assertThat(first.output().type()).isEqualTo(ElementType.FLOAT);
        assertThat(first.input(1).type()).isEqualTo(ElementType.FLOAT);
    }

    /** The runtime has the kernel in 16 bits, and refuses when it runs. */
    @Test
    void additionsOfScatteredValuesStayInFp32() {
        for (String reduction : List.of("add", "mul", "none")) {
            Model model = model((ops, x) -> {
                Value rows = ops.constant(Tensor.ofLongs(new long[] {0, 2, 0}, 3, 1));
                Value product = ops.matmul(x, ops.constant(square(1)));
                Value updates = ops.slice(product, 0, 3, 6, 1);
                return ops.matmul(
                        ops.op("ScatterND", Map.of("reduction", reduction), product, rows, updates),
                        ops.constant(square(2)));
            });
            requireClose(model, HalfOptions.float16(), rows(1));
        }
    }
}
