package dev.hone.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.AttributeProto;
import dev.hone.graph.onnx.proto.GraphProto;
import dev.hone.graph.onnx.proto.ModelProto;
import dev.hone.graph.onnx.proto.NodeProto;
import dev.hone.graph.onnx.proto.OperatorSetIdProto;
import dev.hone.graph.onnx.proto.StringStringEntryProto;
import dev.hone.graph.onnx.proto.TensorProto;
import dev.hone.graph.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every invalid file gives a clear error of one line, and a failed write leaves no partial file. */
class BadFilesTest {
    @TempDir
    private Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("m.onnx"), content);
    }

    private void refused(Path file, String... parts) {
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny("\n", "Exception", "null");
    }

    private static Model model() {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(64));
        graph.addOutput(graph.addNode("Mul", x, graph.addConstant("w", Tensor.filled(ElementType.FLOAT, 2, 64)))
                .output());
        return new Model(graph);
    }

    @Test
    void missingFile() {
        refused(folder.resolve("none.onnx"), "no such file", "check the path");
    }

    @Test
    void folderInsteadOfAFile() {
        refused(folder, "is a folder", "expected an .onnx file");
    }

    @Test
    void emptyFile() throws IOException {
        refused(file(new byte[0]), "is empty", "export or copy it again");
    }

    @Test
    void webPage() throws IOException {
        refused(file("<!DOCTYPE html><html>Not found</html>".getBytes(StandardCharsets.UTF_8)), "HTML", "download");
    }

    @Test
    void largeFilePointer() throws IOException {
        byte[] pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0".getBytes(StandardCharsets.UTF_8);
        refused(file(pointer), "Git LFS pointer", "git lfs pull");
    }

    @Test
    void truncatedModel() throws IOException {
        byte[] whole = OnnxWriter.toBytes(model());
        for (int length = 1; length < whole.length; length += 3) {
            refused(file(Arrays.copyOf(whole, length)), "not an ONNX model", "export or copy it again");
        }
    }

    @Test
    void randomBytes() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            refused(file(bytes), "not an ONNX model");
        }
    }

    /** A damaged file may still be valid; reading must give either a model or an error of one line. */
    @Test
    void flippedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("src/test/resources/dev/hone/graph/onnx/everything.onnx"));
        Random random = new Random(6);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                OnnxWriter.toBytes(OnnxReader.read(bytes));
            } catch (GraphException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        assertThat(refused).isPositive();
    }

    // ---- contradictions inside of a model

    private static ModelProto.Builder proto() {
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
        model.addOpsetImportBuilder().setVersion(21);
        model.getGraphBuilder()
                .setName("g")
                .addInput(ValueInfoProto.newBuilder().setName("x"));
        return model;
    }

    private void refused(ModelProto.Builder model, String... parts) throws IOException {
        refused(file(model.build().toByteArray()), parts);
    }

    private static NodeProto node(String op, String input, String output) {
        return NodeProto.newBuilder()
                .setOpType(op)
                .addInput(input)
                .addOutput(output)
                .build();
    }

    @Test
    void undefinedInputs() throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder().addNode(node("Relu", "z", "y"));
        refused(model, "Relu 'y': reads 'z'", "not an input, initializer or output");
    }

    @Test
    void undefinedOutputs() throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName("y"));
        refused(model, "output 'y' of graph 'g' is produced by no node");
    }

    @Test
    void namesDefinedTwice() throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder().addNode(node("Relu", "x", "y")).addNode(node("Tanh", "x", "y"));
        refused(model, "'y' is defined twice");
    }

    @Test
    void subgraphValuesReadOutside() throws IOException {
        ModelProto.Builder model = proto();
        GraphProto inner =
                GraphProto.newBuilder().addNode(node("Relu", "x", "inside")).build();
        model.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("If")
                        .addInput("x")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("then_branch")
                                .setType(AttributeProto.AttributeType.GRAPH)
                                .setG(inner)))
                .addNode(node("Tanh", "inside", "y"));
        refused(model, "Tanh 'y': reads 'inside'");
    }

    private static TensorProto.Builder tensor() {
        return TensorProto.newBuilder().setName("w").setDataType(1).addDims(4);
    }

    @Test
    void tensorsWithDataOfTheWrongSize() throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder().addInitializer(tensor().addFloatData(1));
        refused(model, "tensor 'w': holds 1 numbers, float[4] takes 4");
        model.getGraphBuilder().setInitializer(0, tensor().setRawData(ByteString.copyFrom(new byte[5])));
        refused(model, "tensor 'w'", "takes 16 bytes, got 5");
        model.getGraphBuilder().setInitializer(0, tensor().addDims(-1));
        refused(model, "tensor 'w'", "negative dimension");
        model.getGraphBuilder()
                .setInitializer(0, tensor().addDims(Long.MAX_VALUE).addDims(Long.MAX_VALUE));
        refused(model, "tensor 'w'", "too large");
        model.getGraphBuilder().setInitializer(0, tensor().addDims(1L << 60).setRawData(ByteString.EMPTY));
        refused(model, "tensor 'w'", "too large");
    }

    @Test
    void tensorsOfUnknownType() throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder().addInitializer(tensor().setDataType(99));
        refused(model, "tensor 'w': unknown tensor element type 99");
    }

    private void refusedExternal(String location, String... parts) throws IOException {
        ModelProto.Builder model = proto();
        model.getGraphBuilder()
                .addInitializer(tensor().setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(location)));
        refused(model, parts);
    }

    @Test
    void missingOrTruncatedExternalData() throws IOException {
        refusedExternal(
                "w.bin",
                "tensor 'w'",
                "'w.bin', which is not in the model's folder",
                "copy " + folder.resolve("w.bin"));
        Files.write(folder.resolve("w.bin"), new byte[10]);
        refusedExternal("w.bin", "ends at byte 10", "needs 16 bytes from 0 on");
        refusedExternal("", "has no location");
    }

    @Test
    void externalDataOutsideOfTheFolder() throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[16]);
        Path inner = Files.createDirectory(folder.resolve("inner"));
        for (String location : new String[] {"../secret", secret.toString(), "a/../../secret"}) {
            ModelProto.Builder model = proto();
            model.getGraphBuilder()
                    .addInitializer(tensor().setDataLocation(TensorProto.DataLocation.EXTERNAL)
                            .addExternalData(StringStringEntryProto.newBuilder()
                                    .setKey("location")
                                    .setValue(location)));
            refused(
                    Files.write(inner.resolve("m.onnx"), model.build().toByteArray()),
                    "outside the model's folder, which is not allowed");
        }
        Files.createSymbolicLink(inner.resolve("link"), secret);
        ModelProto.Builder model = proto();
        model.getGraphBuilder()
                .addInitializer(tensor().setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("link")));
        refused(
                Files.write(inner.resolve("m.onnx"), model.build().toByteArray()),
                "a link to outside the model's folder, which is not allowed");
    }

    @Test
    void externalDataOfAModelInMemory() {
        ModelProto.Builder model = proto();
        model.getGraphBuilder()
                .addInitializer(tensor().setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("w.bin")));
        assertThatThrownBy(() -> OnnxReader.read(model.build().toByteArray()))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("read the model from its file");
    }

    // ---- writing

    private void notWritten(Path file, String... parts) {
        assertThatThrownBy(() -> OnnxWriter.write(model(), file))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("cannot write " + file + ": ")
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny("\n", "Exception", "null");
    }

    @Test
    void missingFoldersAndFoldersInPlaceOfFiles() {
        notWritten(folder.resolve("none/m.onnx"), "does not exist", "create it first");
        notWritten(folder, "is a folder", "choose a file name");
        notWritten(Path.of("/dev/zero"), "not a regular file");
    }

    /** The folder of the terminals takes no files, not even of the superuser. */
    @Test
    void foldersThatNobodyMayWriteTo() {
        notWritten(Path.of("/dev/pts/m.onnx"), "permission denied", "choose another place");
    }

    @Test
    void cyclesLeaveNoFile() throws IOException {
        Model model = model();
        model.graph()
                .nodes()
                .iterator()
                .next()
                .setInput(1, model.graph().outputs().get(0));
        assertThatThrownBy(() -> OnnxWriter.write(model, folder.resolve("m.onnx"), 16))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("cycle");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void failuresKeepTheExistingFile() throws IOException {
        Path file = folder.resolve("m.onnx");
        OnnxWriter.write(model(), file);
        byte[] before = Files.readAllBytes(file);
        Path data = Files.createDirectory(folder.resolve("m.onnx.data"));
        Files.write(data.resolve("in the way"), new byte[1]);
        assertThatThrownBy(() -> OnnxWriter.write(model(), file, 16)).isInstanceOf(GraphException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(folder).isDirectoryContaining(p -> p.equals(file));
        try (var left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    private static byte[] withNode(NodeProto.Builder node) {
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
                .setGraph(GraphProto.newBuilder()
                        .addInput(ValueInfoProto.newBuilder().setName("x"))
                        .addNode(node)
                        .addOutput(ValueInfoProto.newBuilder().setName("y")))
                .build()
                .toByteArray();
    }

    @Test
    void nodesThatLackWhatTheirOperatorRequires() throws IOException {
        NodeProto.Builder norm = NodeProto.newBuilder()
                .setOpType("GroupNormalization")
                .addInput("x")
                .addOutput("y");
        refused(file(withNode(norm)), "GroupNormalization 'y'", "has 1 input, takes 3");
        NodeProto.Builder relu = NodeProto.newBuilder().setOpType("Relu").addInput("x");
        refused(file(withNode(relu.clone().addOutput("y").addOutput("z"))), "Relu 'y'", "has 2 outputs, takes 1");
        refused(file(withNode(relu.clone().clearInput().addOutput("y"))), "has 0 inputs, takes 1");
        NodeProto.Builder add = NodeProto.newBuilder()
                .setOpType("Add")
                .addInput("")
                .addInput("x")
                .addOutput("y");
        refused(file(withNode(add)), "lacks input 0 (A)");
        NodeProto.Builder cast =
                NodeProto.newBuilder().setOpType("Cast").addInput("x").addOutput("y");
        refused(file(withNode(cast)), "Cast 'y'", "lacks attribute to");
        AttributeProto.Builder text = AttributeProto.newBuilder()
                .setName("to")
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("float"));
        refused(file(withNode(cast.addAttribute(text))), "attribute to is of kind string, takes int");
        ModelProto.Builder silent = ModelProto.parseFrom(withNode(relu.addOutput("y"))).toBuilder();
        silent.getGraphBuilder().clearOutput();
        refused(file(silent.build().toByteArray()), "the model has no outputs");
    }
}
