package dev.hone.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
    private static Model model() {
        Graph graph = new Graph("main");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)));
        Value w = graph.addConstant("w", Tensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
        Node matmul = graph.addNode("MatMul", x, w);
        matmul.output()
                .setType(ElementType.FLOAT)
                .setShape(Shape.of(Dim.symbol("N").times(2).plus(1), Dim.of(2)));
        Node relu = graph.addNode("Relu", matmul.output());
        relu.output().setName("y");
        graph.addOutput(relu.output());
        Model model = new Model(graph);
        model.metadata().put("labels", "good,bad");
        return model;
    }

    @Test
    void keepsNodesConstantsShapesAndMetadata() {
        byte[] bytes = OnnxWriter.toBytes(model());
        Model read = OnnxReader.read(bytes);
        assertThat(read.graph().toString()).isEqualTo(model().graph().toString());
        assertThat(read.graph().find("w").constant().floats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(read.graph().find("MatMul_h0").shape().dim(0))
                .isEqualTo(Dim.symbol("N").times(2).plus(1));
        assertThat(read.metadata()).isEqualTo(Map.of("labels", "good,bad"));
        assertThat(read.opsets()).isEqualTo(Map.of("", 21L));
        assertThat(OnnxWriter.toBytes(read)).isEqualTo(bytes);
    }

    @Test
    void putsLargeTensorsBesideTheFile(@TempDir Path folder) {
        Path file = folder.resolve("m.onnx");
        OnnxWriter.write(model(), file, 16);
        assertThat(folder.resolve("m.onnx.data")).hasSize(24);
        Model read = OnnxReader.read(file);
        assertThat(read.graph().find("w").constant().floats()).containsExactly(1, 2, 3, 4, 5, 6);
        OnnxWriter.write(read, file);
        assertThat(OnnxReader.read(file).graph().find("w").constant().floats()).containsExactly(1, 2, 3, 4, 5, 6);
    }
}
