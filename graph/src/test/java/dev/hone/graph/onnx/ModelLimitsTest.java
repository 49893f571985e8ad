package dev.hone.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.hone.core.HoneException;
import dev.hone.core.limit.ModelLimits;
import dev.hone.graph.onnx.proto.AttributeProto;
import dev.hone.graph.onnx.proto.AttributeProto.AttributeType;
import dev.hone.graph.onnx.proto.FunctionProto;
import dev.hone.graph.onnx.proto.GraphProto;
import dev.hone.graph.onnx.proto.ModelProto;
import dev.hone.graph.onnx.proto.NodeProto;
import dev.hone.graph.onnx.proto.OperatorSetIdProto;
import dev.hone.graph.onnx.proto.SparseTensorProto;
import dev.hone.graph.onnx.proto.StringStringEntryProto;
import dev.hone.graph.onnx.proto.TensorProto;
import dev.hone.graph.onnx.proto.TensorShapeProto;
import dev.hone.graph.onnx.proto.TypeProto;
import dev.hone.graph.onnx.proto.ValueInfoProto;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.Operators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would exhaust the stack, the memory or the time of the runtime is refused from the bytes alone. */
class ModelLimitsTest {
    @TempDir
    private Path folder;

    private static NodeProto node(String op, String in, String out) {
        return NodeProto.newBuilder().setOpType(op).addInput(in).addOutput(out).build();
    }

    private static NodeProto call(String function, String in, String out) {
        return node(function, in, out).toBuilder().setDomain("local").build();
    }

    private static FunctionProto function(String name, NodeProto... nodes) {
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setDomain("local")
                .setName(name)
                .addInput("x")
                .addOutput("y")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21));
        for (NodeProto node : nodes) {
            function.addNode(node);
        }
        return function.build();
    }

    private static byte[] model(Consumer<ModelProto.Builder> content) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21));
        content.accept(model);
        return model.build().toByteArray();
    }

    private static byte[] graph(Consumer<GraphProto.Builder> content) {
        return model(m -> content.accept(m.getGraphBuilder()));
    }

    private static TensorProto floats(String name, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
        long count = 1;
        for (long dim : dims) {
            tensor.addDims(dim);
            count *= dim;
        }
        return tensor.setRawData(ByteString.copyFrom(new byte[(int) count * 4])).build();
    }

    private static TensorProto integers(String name, long... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    private static void refused(byte[] model, String... parts) {
        assertThatThrownBy(() -> ModelLimits.check(ByteBuffer.wrap(model)))
                .isInstanceOf(HoneException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
        // The reader goes through the same gate.
        assertThatThrownBy(() -> OnnxReader.read(model))
                .isInstanceOf(HoneException.class)
                .hasMessageContainingAll(parts);
    }

    private static void accepted(byte[] model) {
        assertThatCode(() -> ModelLimits.check(ByteBuffer.wrap(model))).doesNotThrowAnyException();
    }

    private static byte[] chain(int functions) {
        return model(m -> {
            m.getGraphBuilder().addNode(call("f0", "x", "y"));
            for (int i = 0; i < functions; i++) {
                m.addFunctions(
                        function("f" + i, i + 1 < functions ? call("f" + (i + 1), "x", "y") : node("Relu", "x", "y")));
            }
        });
    }

    @Test
    void chainsOfFunctions() {
        accepted(chain(64));
        refused(chain(65), "more than 64 levels deep");
        refused(chain(400), "more than 64 levels deep");
        refused(chain(20_000), "more than 64 levels deep");
    }

    @Test
    void functionsThatCallThemselves() {
        refused(
                model(m -> m.addFunctions(function("f", call("f", "x", "y")))
                        .getGraphBuilder()
                        .addNode(call("f", "x", "y"))),
                "function local.f calls itself");
        refused(
                model(m -> m.addFunctions(function("f", call("g", "x", "y")))
                        .addFunctions(function("g", call("f", "x", "y")))
                        .getGraphBuilder()
                        .addNode(node("Relu", "x", "y"))),
                "calls itself");
    }

    @Test
    void functionsThatDouble() {
        for (int levels : new int[] {15, 24, 60}) {
            byte[] model = model(m -> {
                m.getGraphBuilder().addNode(call("f0", "x", "y"));
                for (int i = 0; i < levels; i++) {
                    String next = "f" + (i + 1);
                    m.addFunctions(
                            i + 1 < levels
                                    ? function("f" + i, call(next, "x", "z"), call(next, "z", "y"))
                                    : function("f" + i, node("Relu", "x", "y")));
                }
            });
            if (levels == 15) {
                accepted(model);
            } else {
                refused(model, "expand to");
            }
        }
    }

    private static GraphProto nested(int levels) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType("If").addInput("c").addOutput("y");
        if (levels > 0) {
            node.addAttribute(AttributeProto.newBuilder()
                    .setName("then_branch")
                    .setType(AttributeType.GRAPH)
                    .setG(nested(levels - 1)));
        }
        return GraphProto.newBuilder().addNode(node).build();
    }

    @Test
    void subgraphsWithinSubgraphs() {
        accepted(model(m -> m.setGraph(nested(30))));
        refused(model(m -> m.setGraph(nested(33))), "subgraphs more than 32 levels deep");
        refused(model(m -> m.setGraph(nested(200))), "subgraphs more than 32 levels deep");
    }

    @Test
    void typesWithinTypes() {
        TypeProto type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1))
                .build();
        for (int i = 0; i < 1000; i++) {
            type = TypeProto.newBuilder()
                    .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type))
                    .build();
        }
        TypeProto deep = type;
        refused(
                graph(g -> g.addInput(ValueInfoProto.newBuilder().setName("x").setType(deep))),
                "value 'x' has a type of more than 16 levels");
    }

    @Test
    void dimensions() {
        refused(
                graph(g -> g.addInitializer(
                        floats("w").toBuilder().addDims(1L << 40).addDims(1L << 40))),
                "2^48");
        refused(graph(g -> g.addInitializer(floats("w").toBuilder().addDims(-4).addDims(-4))), "negative dimension");
        refused(graph(g -> g.addInitializer(floats("w").toBuilder().addDims(0).addDims(1L << 50))), "2^48");
        TypeProto.Builder type = TypeProto.newBuilder();
        for (int i = 0; i < 3; i++) {
            type.getTensorTypeBuilder().getShapeBuilder().addDimBuilder().setDimValue(1L << 40);
        }
        refused(
                graph(g ->
                        g.addValueInfo(ValueInfoProto.newBuilder().setName("v").setType(type))),
                "value 'v'",
                "2^48");
        TypeProto.Builder flat = TypeProto.newBuilder();
        for (int i = 0; i < 65; i++) {
            flat.getTensorTypeBuilder().getShapeBuilder().addDimBuilder().setDimValue(1);
        }
        refused(
                graph(g ->
                        g.addValueInfo(ValueInfoProto.newBuilder().setName("v").setType(flat))),
                "value 'v'",
                "more than 64 axes");
        TensorProto.Builder axes = floats("w", 1).toBuilder();
        for (int i = 0; i < 1000; i++) {
            axes.addDims(1);
        }
        refused(graph(g -> g.addInitializer(axes)), "more than 64 axes");
    }

    @Test
    void sparseTensorsThatAreHugeOnceStoredWhole() {
        SparseTensorProto sparse = SparseTensorProto.newBuilder()
                .setValues(floats("w", 1))
                .setIndices(integers("", 0))
                .addDims(1 << 20)
                .addDims(1 << 20)
                .build();
        refused(graph(g -> g.addSparseInitializer(sparse)), "tensor 'w', stored sparsely, takes 4096 GiB");
    }

    @Test
    void namesAndMetadata() {
        refused(graph(g -> g.addNode(node("Relu", "x".repeat(70_000), "y"))), "a name of 70000 bytes");
        StringStringEntryProto entry = StringStringEntryProto.newBuilder()
                .setKey("k")
                .setValue("v".repeat(40 << 20))
                .build();
        refused(model(m -> m.addMetadataProps(entry).addMetadataProps(entry).getGraphBuilder()), "metadata", "64 MiB");
    }

    @Test
    void nodesAndParts() throws IOException {
        refused(
                graph(g -> g.addAllNode(Collections.nCopies(500_001, node("Relu", "x", "y")))),
                "has more than 500000 nodes");
        // Ten million and one empty descriptions of values.
        byte[] values = new byte[2 * 10_000_001];
        for (int i = 0; i < values.length; i += 2) {
            values[i] = GraphProto.VALUE_INFO_FIELD_NUMBER << 3 | 2;
        }
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(model);
        out.writeByteArray(ModelProto.GRAPH_FIELD_NUMBER, values);
        out.flush();
        refused(model.toByteArray(), "has more than 10000000 values, tensors and attributes");
    }

    @Test
    void constantsThatGrow() {
        byte[] doubled = graph(g -> {
            g.addInitializer(floats("d0", 1024));
            for (int i = 0; i < 40; i++) {
                g.addNode(node("Concat", "d" + i, "d" + (i + 1)).toBuilder()
                        .addInput("d" + i)
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeType.INT)
                                .setI(0)));
            }
        });
        refused(doubled, "its constants, once computed");
        refused(
                graph(g ->
                        g.addInitializer(integers("s", 1 << 20, 1 << 20)).addNode(node("ConstantOfShape", "s", "y"))),
                "its constants, once computed, take 4096 GiB");
        refused(
                graph(g -> g.addInitializer(floats("c", 1))
                        .addInitializer(integers("s", 1L << 40))
                        .addNode(node("Expand", "c", "y").toBuilder().addInput("s"))),
                "its constants");
        refused(
                graph(g -> g.addInitializer(floats("c", 1))
                        .addInitializer(integers("half", 1L << 20))
                        .addNode(node("Mul", "half", "s").toBuilder().addInput("half"))
                        .addNode(node("Tile", "c", "y").toBuilder().addInput("s"))),
                "its constants");
        refused(
                graph(g -> g.addInitializer(floats("a", 100_000, 1))
                        .addInitializer(floats("b", 1, 100_000))
                        .addNode(node("Add", "a", "y").toBuilder().addInput("b"))),
                "its constants, once computed, take 37 GiB");
    }

    @Test
    void constantsThatGrowInFunctionsAndBranches() {
        refused(
                model(m -> {
                    m.addFunctions(function(
                            "d",
                            node("Transpose", "x", "t"),
                            node("Add", "x", "z").toBuilder().addInput("t").build(),
                            node("ReduceSum", "z", "y")));
                    m.getGraphBuilder().addInitializer(floats("w", 200_000, 1)).addNode(call("d", "w", "y"));
                }),
                "its constants");
        GraphProto branch = GraphProto.newBuilder()
                .addNode(node("Add", "a", "y").toBuilder().addInput("b"))
                .addOutput(ValueInfoProto.newBuilder().setName("y"))
                .build();
        refused(
                graph(g -> g.addInitializer(floats("a", 100_000, 1))
                        .addInitializer(floats("b", 1, 100_000))
                        .addInput(ValueInfoProto.newBuilder()
                                .setName("c")
                                .setType(TypeProto.newBuilder()
                                        .setTensorType(
                                                TypeProto.Tensor.newBuilder().setElemType(9))))
                        .addNode(node("If", "c", "z").toBuilder()
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("then_branch")
                                        .setType(AttributeType.GRAPH)
                                        .setG(branch))
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("else_branch")
                                        .setType(AttributeType.GRAPH)
                                        .setG(branch)))),
                "its constants");
    }

    /** Only what is certain is refused: how long a range of computed ends is, is not known here. */
    @Test
    void constantsOfUnknownSizeMayBeComputed() {
        accepted(graph(g -> g.addInitializer(floats("regions", 1000, 5))
                .addInitializer(
                        TensorProto.newBuilder().setName("zero").setDataType(1).addFloatData(0))
                .addNode(node("Ceil", "regions", "up"))
                .addNode(node("ReduceMax", "up", "most").toBuilder()
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("keepdims")
                                .setType(AttributeType.INT)
                                .setI(0)))
                .addNode(node("Range", "zero", "r").toBuilder().addInput("most").addInput("most"))
                .addNode(node("MatMul", "r", "y").toBuilder().addInput("r"))));
    }

    /** In opset 17 axes are an attribute: taken as opset 21, the mean would be a number and no matrix. */
    @Test
    void constantsOfModelsOfOlderOpsets() {
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(1);
        for (long size : new long[] {2, 4, 8}) {
            type.getShapeBuilder()
                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        byte[] model = model(m -> {
            m.getOpsetImportBuilder(0).setVersion(17);
            m.getGraphBuilder()
                    .addInput(ValueInfoProto.newBuilder()
                            .setName("x")
                            .setType(TypeProto.newBuilder().setTensorType(type)))
                    .addInitializer(floats("w", 8, 3))
                    .addInitializer(floats("table", 512, 4))
                    .addNode(node("ReduceMean", "x", "mean").toBuilder()
                            .addAttribute(AttributeProto.newBuilder()
                                    .setName("axes")
                                    .setType(AttributeType.INTS)
                                    .addInts(1))
                            .addAttribute(AttributeProto.newBuilder()
                                    .setName("keepdims")
                                    .setType(AttributeType.INT)
                                    .setI(0)))
                    .addNode(node("Gemm", "mean", "y").toBuilder().addInput("w"))
                    .addNode(node("NonZero", "table", "where"))
                    .addNode(node("Gather", "table", "rows").toBuilder().addInput("where"))
                    .addNode(node("Transpose", "rows", "turned"))
                    .addNode(node("MatMul", "rows", "products").toBuilder().addInput("turned"))
                    .addNode(node("MatMul", "products", "more").toBuilder().addInput("products"))
                    .addNode(node("Gather", "more", "all").toBuilder().addInput("where"))
                    .addOutput(ValueInfoProto.newBuilder().setName("y"));
        });
        accepted(model);
        assertThatCode(() -> OnnxReader.read(model)).doesNotThrowAnyException();
    }

    @Test
    void ordinaryConstantsMayBeComputed() {
        accepted(graph(g -> g.addInitializer(floats("w", 1000, 1000))
                .addInitializer(floats("s", 1000))
                .addInitializer(integers("shape", 1, 8, 1000))
                .addNode(node("Mul", "w", "scaled").toBuilder().addInput("s"))
                .addNode(node("Transpose", "scaled", "t"))
                .addNode(node("MatMul", "scaled", "m").toBuilder().addInput("t"))
                .addNode(node("ConstantOfShape", "shape", "zeros"))
                .addNode(node("Relu", "zeros", "y"))));
    }

    private void external(String location, String offset, String length, String... parts) throws IOException {
        byte[] model = graph(g -> g.addInitializer(TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(4)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", offset))
                .addExternalData(entry("length", length))));
        Path file = Files.write(Files.createDirectories(folder.resolve("in")).resolve("m.onnx"), model);
        Files.write(folder.resolve("in/w.data"), new byte[32]);
        Files.write(folder.resolve("outside.data"), new byte[32]);
        if (parts.length == 0) {
            ModelLimits.check(file);
            return;
        }
        assertThatThrownBy(() -> ModelLimits.check(file))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("tensor 'w'")
                .hasMessageContainingAll(parts);
        assertThatThrownBy(() -> OnnxReader.read(file)).isInstanceOf(HoneException.class);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void externalData() throws IOException {
        external("w.data", "16", "16");
        external("../outside.data", "0", "16", "outside the model's folder");
        external(folder.resolve("outside.data").toString(), "0", "16", "outside the model's folder");
        external("missing.data", "0", "16", "not in the model's folder");
        external("*/_ORT_MEM_ADDR_/*", "4096", "16", "an address in memory");
        external("w.data", "17", "16", "ends at byte 32");
        external("w.data", "9223372036854775807", "16", "ends at byte 32");
        external("w.data", "-1", "16", "ends at byte 32");
        external("w.data", "0", "-16", "ends at byte 32");
        external("w.data", "zero", "16", "expected a number");
        external(".", "0", "16", "not in the model's folder");
        Files.createSymbolicLink(folder.resolve("in/link.data"), folder.resolve("outside.data"));
        external("link.data", "0", "16", "a link to outside the model's folder");
    }

    /** The runtime divides by them: the process would end. */
    @Test
    void headsAndGroupsOfZero() {
        for (String attribute : List.of("q_num_heads", "kv_num_heads")) {
            refused(
                    graph(g -> g.addNode(with("Attention", attribute, 0))),
                    "Attention 'y': its attribute " + attribute);
            accepted(graph(g -> g.addNode(with("Attention", attribute, 2))));
        }
        refused(graph(g -> g.addNode(with("ConvTranspose", "group", 0))), "ConvTranspose 'y': its attribute group");
        accepted(graph(g -> g.addNode(with("ConvTranspose", "group", 1))));
        accepted(graph(g -> g.addNode(with("Attention", "is_causal", 0))));
        NodeProto.Builder unwritten = with("Attention", "q_num_heads", 2);
        unwritten.getAttributeBuilder(0).clearI();
        refused(graph(g -> g.addNode(unwritten)), "Attention 'y': its attribute q_num_heads");
        accepted(graph(g -> g.addNode(with("Attention", "q_num_heads", 0).setDomain("custom"))));
    }

    private static NodeProto.Builder with(String operator, String attribute, long value) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addOutput("y")
                .addInput("x")
                .addInput("w")
                .addInput("v")
                .addAttribute(AttributeProto.newBuilder()
                        .setName(attribute)
                        .setType(AttributeType.INT)
                        .setI(value));
    }

    /** Its schema takes the bias for optional, its kernel on the CPU crashes without one. */
    @Test
    void attentionOfTheRuntimeWithoutABias() {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType("Attention")
                .setDomain("com.microsoft")
                .addOutput("y")
                .addInput("x")
                .addInput("w");
        refused(graph(g -> g.addNode(node)), "Attention 'y': lacks input 2");
        refused(graph(g -> g.addNode(node.clone().addInput(""))), "Attention 'y': lacks input 2");
        accepted(graph(g -> g.addNode(node.clone().addInput("b"))));
        accepted(graph(g -> g.addNode(node.clone().setDomain(""))));
    }

    /** ONNX Runtime's kernels read such an input without asking whether it is there. */
    @Test
    void absentInputsOfOperatorsThatTakeAnyNumber() {
        for (Operator operator : Operators.all()) {
            boolean variadic = operator.maxInputs() == Integer.MAX_VALUE
                    && operator.domain().isEmpty();
            int last = operator.inputs().size() - 1;
            NodeProto.Builder node =
                    NodeProto.newBuilder().setOpType(operator.name()).addOutput("y");
            for (int i = 0; i < last; i++) {
                node.addInput("x");
            }
            byte[] model = graph(g -> g.addNode(node.addInput("x").addInput("")));
            if (variadic) {
                refused(model, operator.name() + " 'y': lacks input " + (last + 1));
            } else {
                accepted(model);
            }
        }
    }

    @Test
    void cutAnywhereOrAlteredAnywhereItGivesALine() {
        byte[] whole = chain(3);
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = java.util.Arrays.copyOf(whole, i);
            byte[] altered = whole.clone();
            altered[i] ^= (byte) 0x81;
            for (byte[] bytes : new byte[][] {cut, altered}) {
                try {
                    ModelLimits.check(ByteBuffer.wrap(bytes));
                } catch (HoneException e) {
                    assertThat(e.getMessage()).doesNotContain("\n");
                }
            }
        }
        assertThatThrownBy(() -> ModelLimits.check(
                        ByteBuffer.wrap("<html>no model at all</html>".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(HoneException.class);
    }
}
