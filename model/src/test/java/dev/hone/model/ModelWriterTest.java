package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWriterTest {
    @TempDir
    private Path folder;

    private static Graph graph() {
        Graph graph = new Graph("g");
        graph.addInput("x", ElementType.FLOAT, Shape.of(2, 64));
        return graph;
    }

    private static Model finished(Graph graph, Value y) {
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    /** y = x W with W filled with one number. */
    private static Model product(Tensor weights) {
        Graph graph = graph();
        Ops ops = new Ops(graph);
        return finished(graph, ops.matmul(graph.inputs().get(0), graph.addConstant("w", weights)));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static float first(Path file) {
        try (Session session = Session.open(file, SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(new float[128], 2, 64)) {
            x.buffer().putFloat(0, 1);
            try (NativeTensor y = session.run(Map.of("x", x)).get("y")) {
                return y.floats()[0];
            }
        }
    }

    @Test
    void whatTheRuntimeRefusesReplacesNothing() throws IOException {
        Path file = folder.resolve("m.onnx");
        ModelWriter.write(product(Tensor.filled(ElementType.FLOAT, 3, 64, 8)), file);
        byte[] before = Files.readAllBytes(file);

        Graph graph = graph();
        Node unknown =
                graph.addNode("org.example", "Unheard", List.of(graph.inputs().get(0)));
        Value made = unknown.addOutput("z").setType(ElementType.FLOAT).setShape(Shape.of(2, 64));
        Model model = finished(graph, new Ops(graph).op("Relu", made));
        model.opsets().put("org.example", 1L);
        assertThatThrownBy(() -> ModelWriter.write(model, file))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessageContaining(file + ": not written")
                .hasMessageContaining("Unheard")
                .message()
                .doesNotContain(".part");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(files()).containsExactly("m.onnx");
        assertThat(first(file)).isEqualTo(3);
    }

    /** The check reads the new data, not those of an earlier model of the same name. */
    @Test
    void externalDataAreCheckedUnderTheirTemporaryName() throws IOException {
        Path file = folder.resolve("m.onnx");
        for (float weight : new float[] {2, 5}) {
            Path part = folder.resolve("weights.part");
            Files.write(part, bytes(weight));
            ModelWriter.write(product(Tensor.mapped(ElementType.FLOAT, new long[] {64, 8}, part, 0)), file, part);
            assertThat(files()).containsExactly("m.onnx", "m.onnx.data");
            assertThat(first(file)).isEqualTo(weight);
        }
        // Half as many bytes as the model says: refused, and the earlier pair stays.
        Path part = folder.resolve("weights.part");
        Files.write(part, bytes(7));
        Model model = product(Tensor.mapped(ElementType.FLOAT, new long[] {64, 8}, part, 0));
        Files.write(part, new byte[1024]);
        assertThatThrownBy(() -> ModelWriter.write(model, file, part)).isInstanceOf(OnnxRuntimeException.class);
        assertThat(first(file)).isEqualTo(5);
        assertThat(files()).containsExactly("m.onnx", "m.onnx.data", "weights.part");
    }

    private static byte[] bytes(float weight) {
        byte[] bytes = new byte[64 * 8 * 4];
        Tensor.filled(ElementType.FLOAT, weight, 64, 8).buffer().get(bytes);
        return bytes;
    }

    /** A shape behind an operator that Hone does not know is no type: the runtime refuses element type 0. */
    @Test
    void shapesWithoutTypesAreNotWritten() {
        Graph graph = graph();
        Node gelu = graph.addNode(
                "com.microsoft", "QuickGelu", List.of(graph.inputs().get(0)));
        Value made = gelu.addOutput("z");
        Value flat = new Ops(graph).op("Flatten", made);
        flat.setShape(new Shape(List.of(Dim.symbol("N"), Dim.of(64))));
        Model model = finished(
                graph,
                new Ops(graph).matmul(flat, new Ops(graph).constant(Tensor.filled(ElementType.FLOAT, 1, 64, 8))));
        model.opsets().put("com.microsoft", 1L);
        Path file = folder.resolve("m.onnx");
        ModelWriter.write(model, file);
        assertThat(OnnxReader.readUnchanged(file).graph().find("z").type()).isNull();
    }
}
