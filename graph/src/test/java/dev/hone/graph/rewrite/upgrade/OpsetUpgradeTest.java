package dev.hone.graph.rewrite.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Passes;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.testkit.SameOutputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every adapter: a node of the old version in ONNX Runtime against the upgraded one. */
class OpsetUpgradeTest {
    private static final long[] IMAGE = {2, 4, 5, 6};

    /** @param inputs long[] shapes for model inputs, tensors for constants, null for absent inputs */
    private record Case(long opset, String op, Map<String, ?> attributes, int outputs, Object... inputs) {
        @Override
        public String toString() {
            return op + "-" + opset + " " + attributes.keySet();
        }
    }

    private static Case of(long opset, String op, Map<String, ?> attributes, Object... inputs) {
        return new Case(opset, op, attributes, 1, inputs);
    }

    private static Case halfPixelForNearest(Map<String, ?> attributes, float high, float wide) {
        Map<String, Object> all = new LinkedHashMap<>(attributes);
        all.put("coordinate_transformation_mode", "tf_half_pixel_for_nn");
        return of(11, "Resize", all, IMAGE, floats(), floats(1, 1, high, wide));
    }

    private static Tensor random(long... dims) {
        Random random = new Random(7);
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.1f + random.nextFloat();
        }
        return Tensor.ofFloats(values, dims);
    }

    private static Tensor floats(float... values) {
        return Tensor.ofFloats(values, values.length);
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static List<Case> cases() {
        Tensor four = random(4);
        Tensor each = random(4, 5, 6);
        List<Case> cases = new ArrayList<>(List.of(
                of(7, "Upsample", Map.of("scales", new float[] {1, 1, 2, 3}), IMAGE),
                of(7, "Upsample", Map.of("scales", new float[] {1, 1, 1.5f, 2}, "mode", "linear"), IMAGE),
                of(9, "Upsample", Map.of("mode", "linear"), IMAGE, floats(1, 1, 2, 2)),
                of(10, "Resize", Map.of(), IMAGE, floats(1, 1, 2.5f, 3)),
                of(10, "Resize", Map.of(), IMAGE, floats(1, 1, 0.6f, 0.4f)),
                of(10, "Resize", Map.of(), IMAGE, floats(1, 1, 2.5f, 0.4f)),
                of(10, "Resize", Map.of("mode", "linear"), IMAGE, floats(1, 1, 0.6f, 1.7f)),
                of(11, "Resize", Map.of("mode", "linear"), IMAGE, floats(), floats(1, 1, 2, 0.5f)),
                of(11, "Resize", Map.of("mode", "linear"), IMAGE, floats(), floats(), Tensor.vector(2, 4, 7, 3)),
                of(
                        11,
                        "Resize",
                        Map.of("coordinate_transformation_mode", "tf_half_pixel_for_nn", "nearest_mode", "floor"),
                        IMAGE,
                        floats(),
                        floats(1, 1, 1.7f, 0.6f)),
                of(
                        11,
                        "Resize",
                        Map.of("coordinate_transformation_mode", "tf_crop_and_resize", "mode", "linear"),
                        IMAGE,
                        floats(0, 0, 0.2f, 0.1f, 1, 1, 0.8f, 0.7f),
                        floats(1, 1, 1, 2)),
                halfPixelForNearest(Map.of(), 1.7f, 0.6f),
                halfPixelForNearest(Map.of(), 2, 0.5f),
                halfPixelForNearest(Map.of("nearest_mode", "floor"), 2, 0.5f),
                halfPixelForNearest(Map.of("nearest_mode", "ceil"), 1.7f, 0.6f),
                halfPixelForNearest(Map.of("nearest_mode", "round_prefer_ceil"), 1.7f, 0.6f),
                halfPixelForNearest(Map.of("mode", "linear"), 2, 2),
                of(9, "Slice", Map.of("starts", longs(1, -3), "ends", longs(3, 1000), "axes", longs(1, 3)), IMAGE),
                of(7, "Slice", Map.of("starts", longs(0, 1), "ends", longs(1, 2)), IMAGE),
                of(11, "Clip", Map.of(), IMAGE, Tensor.scalar(-0.5f), null),
                of(7, "Clip", Map.of("min", -0.5f, "max", 0.25f), IMAGE),
                of(7, "Clip", Map.of("max", 0.25f), IMAGE),
                of(7, "Pad", Map.of("pads", longs(0, 0, 1, 2, 0, 0, 3, -1), "value", 2.5f), IMAGE),
                of(10, "Pad", Map.of("pads", longs(0, 0, 1, 2, 0, 0, 3, 1), "mode", "reflect"), IMAGE),
                of(7, "Dropout", Map.of("ratio", 0.3f), IMAGE),
                of(10, "Dropout", Map.of(), IMAGE),
                of(12, "Squeeze", Map.of("axes", longs(0, 2)), longs(1, 3, 1, 4)),
                of(11, "Squeeze", Map.of(), longs(1, 3, 1, 4)),
                of(7, "Unsqueeze", Map.of("axes", longs(0, 3)), longs(3, 4)),
                of(7, "ReduceSum", Map.of("axes", longs(1, 3), "keepdims", 0), IMAGE),
                of(12, "ReduceSum", Map.of(), IMAGE),
                of(7, "BatchNormalization", Map.of("epsilon", 0.1f), IMAGE, four, four, four, four),
                of(8, "BatchNormalization", Map.of("spatial", 1), IMAGE, four, four, four, four),
                of(14, "BatchNormalization", Map.of(), IMAGE, four, four, four, four),
                of(7, "BatchNormalization", Map.of("spatial", 0), IMAGE, each, each, each, each),
                of(7, "BatchNormalization", Map.of("spatial", 0), longs(3, 4), four, four, four, four),
                of(9, "Scatter", Map.of("axis", 1), longs(2, 3), Tensor.ofLongs(longs(2, 0), 2, 1), random(2, 1)),
                of(7, "Softmax", Map.of("axis", 3), IMAGE),
                of(12, "Softmax", Map.of("axis", -1), IMAGE),
                of(12, "Softmax", Map.of("axis", -2), IMAGE),
                of(12, "Softmax", Map.of("axis", 0), IMAGE),
                of(7, "Softmax", Map.of(), longs(2, 7)),
                of(9, "LogSoftmax", Map.of("axis", 2), IMAGE),
                of(11, "Hardmax", Map.of(), IMAGE),
                of(18, "GridSample", Map.of("mode", "bicubic"), IMAGE, random(2, 3, 3, 2)),
                of(16, "GridSample", Map.of(), IMAGE, random(2, 3, 3, 2)),
                of(17, "DFT", Map.of(), longs(2, 8, 3, 1)),
                of(18, "DFT", Map.of("axis", 2), longs(2, 8, 3, 1)),
                of(10, "RoiAlign", Map.of("output_height", 2, "output_width", 2), IMAGE, roi(), Tensor.vector(1, 0)),
                of(20, "GroupNormalization", Map.of("num_groups", 2), IMAGE, floats(0.5f, 2), floats(1, -1)),
                // Operators without an adapter, to check that none is needed.
                of(7, "Flatten", Map.of("axis", 2), IMAGE),
                of(7, "AveragePool", Map.of("kernel_shape", longs(3, 2), "pads", longs(1, 0, 1, 1)), IMAGE),
                of(7, "MaxPool", Map.of("kernel_shape", longs(3, 2), "strides", longs(2, 2)), IMAGE),
                of(
                        10,
                        "AveragePool",
                        Map.of("kernel_shape", longs(2, 3), "strides", longs(2, 2), "ceil_mode", 1),
                        IMAGE),
                of(7, "Gemm", Map.of("transB", 1, "alpha", 0.5f), longs(3, 4), random(5, 4), random(5)),
                of(9, "ConstantOfShape", Map.of("value", floats(3)), Tensor.vector(2, 3)),
                of(
                        10,
                        "DequantizeLinear",
                        Map.of(),
                        Tensor.ofBytes(ElementType.UINT8, new byte[] {1, 2, 3}, 3),
                        Tensor.scalar(0.5f),
                        Tensor.ofBytes(ElementType.UINT8, new byte[] {1})),
                of(7, "PRelu", Map.of(), IMAGE, random(4, 1, 1)),
                of(7, "Pow", Map.of(), IMAGE, Tensor.scalar(2f)),
                of(
                        7,
                        "ConvTranspose",
                        Map.of("auto_pad", "SAME_UPPER", "strides", longs(2, 2)),
                        IMAGE,
                        random(4, 3, 3, 3)),
                of(
                        7,
                        "ConvTranspose",
                        Map.of("auto_pad", "SAME_LOWER", "strides", longs(2, 2)),
                        IMAGE,
                        random(4, 3, 3, 3)),
                of(
                        7,
                        "ConvTranspose",
                        Map.of("output_shape", longs(10, 12), "strides", longs(2, 2)),
                        IMAGE,
                        random(4, 3, 3, 3)),
                of(7, "Conv", Map.of("auto_pad", "SAME_LOWER", "strides", longs(2, 2)), IMAGE, random(3, 4, 3, 3))));
        for (String reduction : List.of("L1", "L2", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare")) {
            cases.add(of(17, "Reduce" + reduction, Map.of("axes", longs(-1, 1)), IMAGE));
            cases.add(of(7, "Reduce" + reduction, Map.of("keepdims", 0), longs(2, 3)));
        }
        cases.add(new Case(9, "TopK", Map.of("k", 2, "axis", 1), 2, IMAGE));
        cases.add(new Case(10, "TopK", Map.of(), 2, IMAGE, Tensor.vector(3)));
        cases.add(new Case(7, "Split", Map.of("axis", 1), 2, IMAGE));
        cases.add(new Case(12, "Split", Map.of("axis", 1, "split", longs(1, 3)), 2, IMAGE));
        cases.add(new Case(13, "Split", Map.of("axis", 3), 3, IMAGE));
        cases.add(new Case(13, "Split", Map.of("axis", 3), 2, IMAGE, Tensor.vector(2, 4)));
        cases.add(new Case(7, "LSTM", Map.of("hidden_size", 3), 3, longs(4, 2, 5), random(1, 12, 5), random(1, 12, 3)));
        cases.add(new Case(
                7,
                "GRU",
                Map.of("hidden_size", 3, "direction", "reverse"),
                2,
                longs(4, 2, 5),
                random(1, 9, 5),
                random(1, 9, 3)));
        return cases;
    }

    private static Tensor roi() {
        return Tensor.ofFloats(new float[] {0, 0, 3, 4, 1, 1, 5, 4}, 2, 4);
    }

    private static Model model(Case c, boolean shapes) {
        Graph graph = new Graph("case");
        List<Value> inputs = new ArrayList<>();
        for (Object input : c.inputs) {
            if (input instanceof Tensor tensor) {
                inputs.add(graph.addConstant("c" + inputs.size(), tensor));
            } else if (input instanceof long[] dims) {
                inputs.add(graph.addInput("x" + inputs.size(), ElementType.FLOAT, Shape.of(dims)));
            } else {
                inputs.add(null);
            }
        }
        if (!shapes) {
            // A reshape to a computed shape, which inference cannot determine.
            Value x = inputs.get(0);
            Value dims = graph.addInput("dims", ElementType.INT64, Shape.of(Dim.symbol("rank")));
            Node reshape = graph.addNode("Reshape", x, dims);
            inputs.set(0, reshape.output());
        }
        Node node = graph.addNode("", c.op, inputs);
        c.attributes.forEach(node::set);
        for (int i = 0; i < c.outputs; i++) {
            graph.addOutput(node.addOutput("y" + i));
        }
        Model model = new Model(graph);
        model.opsets().put("", c.opset);
        model.setIrVersion(8);
        return model;
    }

    @TestFactory
    Stream<DynamicTest> computesTheSame() {
        return cases().stream()
                .map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
                    byte[] before = OnnxWriter.toBytes(model(c, true));
                    Model upgraded = OnnxReader.read(before);
                    assertThat(upgraded.opset()).isEqualTo(Model.OPSET);
                    assertThat(Verifier.problems(upgraded)).isEmpty();
                    SameOutputs.check(before, OnnxWriter.toBytes(upgraded), 3, 1e-6);
                }));
    }

    /** The general forms, for an unknown input shape. */
    @TestFactory
    Stream<DynamicTest> computesTheSameWithoutShapes() {
        return cases().stream()
                .filter(c -> c.inputs[0] == IMAGE && c.opset < 21)
                .map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
                    byte[] before = OnnxWriter.toBytes(model(c, false));
                    byte[] after = OnnxWriter.toBytes(OnnxReader.read(before));
                    Map<String, NativeTensor> inputs = Map.of(
                            "x0", NativeTensor.ofFloats(random(IMAGE).floats(), IMAGE),
                            "dims", NativeTensor.ofLongs(IMAGE, 4));
                    SameOutputs.check(before, after, inputs, 1e-6);
                    inputs.values().forEach(NativeTensor::close);
                }));
    }

    @Test
    void scalesOfResizeMayBeComputed() {
        Graph graph = new Graph("dynamic");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        Value scales = graph.addInput("scales", ElementType.FLOAT, Shape.of(4));
        Node resize = graph.addNode("Resize", x, scales);
        graph.addOutput(resize.output());
        Model model = new Model(graph);
        model.opsets().put("", 10L);
        byte[] before = OnnxWriter.toBytes(model);
        byte[] after = OnnxWriter.toBytes(OnnxReader.read(before));
        for (float[] factors : new float[][] {{1, 1, 2.5f, 0.4f}, {1, 1, 0.6f, 0.4f}, {1, 1, 1.5f, 3}}) {
            Map<String, NativeTensor> inputs = Map.of(
                    "x", NativeTensor.ofFloats(random(IMAGE).floats(), IMAGE),
                    "scales", NativeTensor.ofFloats(factors, 4));
            SameOutputs.check(before, after, inputs, 1e-6);
            inputs.values().forEach(NativeTensor::close);
        }
    }

    /** Version 9: five outputs mean training mode, where y is normalized by batch statistics. */
    @Test
    void operatorsOfNoOpsetAreRefused() {
        Graph graph = new Graph("g");
        graph.addOutput(graph.addNode("Relu", graph.addInput("x", ElementType.FLOAT, Shape.of(2)))
                .output());
        Model model = new Model(graph);
        model.opsets().clear();
        model.opsets().put("ai.onnx.ml", 3L);
        assertThatThrownBy(() -> OpsetUpgrade.toCurrent(model))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("does not say which opset");
    }

    /** A model of ai.onnx.ml alone imports no opset of ONNX's own operators, which passes may add. */
    @Test
    void aModelWithoutOnnxOperatorsGetsTheirOpset() {
        Graph graph = new Graph("trees");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(2, 3));
        Node node = graph.addNode("ai.onnx.ml", "Binarizer", List.of(x));
        graph.addOutput(node.addOutput("y").setType(ElementType.FLOAT));
        Model model = new Model(graph);
        model.opsets().clear();
        model.opsets().put("ai.onnx.ml", 3L);
        Model read = OnnxReader.read(OnnxWriter.toBytes(model));
        assertThat(read.opset()).isEqualTo(Model.OPSET);
        Passes.standard().run(read);
        SameOutputs.check(OnnxWriter.toBytes(model), OnnxWriter.toBytes(read), 3, 1e-6);
    }

    @Test
    void normalizationInTrainingKeepsItsMode() {
        Graph graph = new Graph("training");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        List<Value> inputs = new ArrayList<>(List.of(x));
        for (int i = 0; i < 4; i++) {
            inputs.add(graph.addConstant("p" + i, random(4)));
        }
        Node node = graph.addNode("", "BatchNormalization", inputs);
        for (String name : List.of("y", "mean", "variance", "saved mean", "saved variance")) {
            node.addOutput(name);
        }
        graph.addOutput(node.output(0));
        graph.addOutput(node.output(1));
        OpsetUpgrade.toCurrent(withOpset(graph, 9));
        assertThat(graph.nodes()).hasSize(1);
        Node trained = graph.outputs().get(1).producer();
        assertThat(trained.intAttribute("training_mode", 0)).isOne();
        assertThat(trained.outputs().stream().map(Value::name)).containsExactly("y", "mean", "variance");
    }

    @Test
    void useOfRemovedStatisticsIsAnError() {
        Graph graph = new Graph("training");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        Value p = graph.addConstant("p", random(4));
        Node node = graph.addNode("", "BatchNormalization", List.of(x, p, p, p, p));
        for (String name : List.of("y", "mean", "variance", "saved")) {
            node.addOutput(name);
        }
        graph.addOutput(node.output(3));
        assertThatThrownBy(() -> OpsetUpgrade.toCurrent(withOpset(graph, 9)))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("BatchNormalization 'y': output saved");
    }

    private static Model withOpset(Graph graph, long opset) {
        Model model = new Model(graph);
        model.opsets().put("", opset);
        return model;
    }

    @Test
    void subgraphsAreUpgraded() {
        Graph graph = new Graph("outer");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);
        Node branch = graph.addNode("If", condition);
        for (String name : List.of("then_branch", "else_branch")) {
            Graph inner = new Graph(name);
            branch.set(name, inner);
            Node sum = inner.addNode("ReduceSum", x);
            sum.set("axes", longs(name.equals("then_branch") ? 1 : 2)).set("keepdims", 0);
            inner.addOutput(sum.output());
        }
        graph.addOutput(branch.output());
        byte[] before = OnnxWriter.toBytes(withOpset(graph, 11));
        Model upgraded = OnnxReader.read(before);
        assertThat(upgraded.graph().nodes().iterator().next().subgraphs())
                .allSatisfy(
                        g -> assertThat(g.nodes().iterator().next().input(1)).isNotNull());
        SameOutputs.check(before, OnnxWriter.toBytes(upgraded), 5, 1e-6);
    }

    /** A function with an attribute that a node of its body refers to. */
    @Test
    void bodiesOfFunctionsAreUpgraded() {
        Graph body = new Graph("Norm");
        Value in = body.addInput("in", null, null);
        Node mean = body.addNode("ReduceMean", in);
        mean.set("axes", new Attribute.Reference("over", 7)).set("keepdims", 1);
        body.addOutput(body.addNode("Sub", in, mean.output()).output());
        Function function = new Function("my", "Norm", "", List.of("over"), Map.of(), body, Map.of("", 17L), "");
        Graph graph = new Graph("main");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        Node call = graph.addNode("my", "Norm", List.of(x));
        call.set("over", longs(1, 2));
        graph.addOutput(call.addOutput("y"));
        Model model = withOpset(graph, 17);
        model.opsets().put("my", 1L);
        model.functions().add(function);
        byte[] before = OnnxWriter.toBytes(model);
        Model upgraded = OnnxReader.read(before);
        assertThat(upgraded.functions().get(0).opsets()).containsEntry("", Model.OPSET);
        SameOutputs.check(before, OnnxWriter.toBytes(upgraded), 5, 1e-6);
    }

    @Test
    void newerModelsThatUseNothingNewAreRelabelled() {
        Graph graph = new Graph("new");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        graph.addOutput(graph.addNode("Relu", x).output().setType(ElementType.FLOAT));
        Model model = withOpset(graph, 23);
        OpsetUpgrade.toCurrent(model);
        assertThat(model.opset()).isEqualTo(Model.OPSET);
    }

    @ParameterizedTest
    @CsvSource({"RMSNormalization, FLOAT, 23", "Sin, BFLOAT16, 22", "Relu, FLOAT, 99"})
    void newerModelsThatUseSomethingNewAreNotChanged(String op, ElementType type, long opset) {
        Graph graph = new Graph("new");
        Value x = graph.addInput("x", type, Shape.of(IMAGE));
        graph.addOutput(graph.addNode(op, x).output().setType(type));
        Model model = withOpset(graph, opset);
        OpsetUpgrade.toCurrent(model);
        assertThat(model.opset()).isEqualTo(opset);
    }

    @Test
    void olderModelsAreAnError() {
        assertThatThrownBy(() -> OpsetUpgrade.toCurrent(withOpset(new Graph("old"), 6)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("opset 6")
                .hasMessageContaining("export it again");
    }

    @Test
    void masksOfDropoutKeepTheirType() {
        Graph graph = new Graph("mask");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(IMAGE));
        Node node = graph.addNode("Dropout", x);
        Value mask = node.addOutput("mask");
        graph.addOutput(mask);
        Model model = withOpset(graph, 7);
        OpsetUpgrade.toCurrent(model);
        assertThat(graph.outputs().get(0).name()).isEqualTo("mask");
        assertThat(graph.outputs().get(0).producer().op()).isEqualTo("CastLike");
    }
}
