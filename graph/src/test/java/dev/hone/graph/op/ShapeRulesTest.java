package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Symbolic dimensions and errors; the numbers are compared with ONNX's own inference in {@link OnnxShapesTest}. */
class ShapeRulesTest {
    private static final Dim N = Dim.symbol("N");

    private final Graph graph = new Graph("test");
    private final Ops ops = new Ops(graph);

    private Value input(Dim... dims) {
        return graph.addInput("x" + graph.inputs().size(), ElementType.FLOAT, Shape.of(dims));
    }

    private Value input(long... dims) {
        return graph.addInput("x" + graph.inputs().size(), ElementType.FLOAT, Shape.of(dims));
    }

    @Test
    void convolutionKeepsSymbolicBatchAndSize() {
        Value x = input(N, Dim.of(3), Dim.symbol("H"), Dim.of(224));
        Value y = ops.op(
                "Conv", Map.of("strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1}), x, input(8, 3, 3, 3));
        assertThat(y.shape()).hasToString("[N,8,floor((H+1)/(2)),112]");
        assertThat(y.type()).isEqualTo(ElementType.FLOAT);
    }

    @Test
    void exportedReshapeChainsStayExact() {
        // view(x.size(0), -1) as PyTorch exports it
        Value x = input(N, Dim.of(8), Dim.of(7), Dim.of(7));
        Value batch =
                ops.unsqueeze(ops.op("Gather", ops.op("Shape", x), ops.constant(dev.hone.graph.Tensor.scalar(0L))), 0);
        Value y = ops.op("Reshape", x, ops.op("Concat", Map.of("axis", 0), batch, ops.vector(-1)));
        assertThat(y.shape()).isEqualTo(Shape.of(N, Dim.of(392)));
    }

    @Test
    void flattenAndMinusOneMultiplySymbols() {
        Value x = input(N, Dim.of(197), Dim.of(64));
        assertThat(ops.op("Flatten", Map.of("axis", 2), x).shape()).isEqualTo(Shape.of(N.times(197), Dim.of(64)));
        assertThat(ops.reshape(x, -1, 64).shape()).isEqualTo(Shape.of(N.times(197), Dim.of(64)));
        assertThat(ops.reshape(x, 0, -1).shape()).isEqualTo(Shape.of(N, Dim.of(197 * 64)));
    }

    @Test
    void contradictionsNameNodeAndShapes() {
        Value x = input(N, Dim.of(3), Dim.of(8), Dim.of(8));
        assertThatThrownBy(() -> ops.op("Conv", x, input(8, 4, 3, 3)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Conv 'Conv_h0'")
                .hasMessageContaining("[N,3,8,8], [8,4,3,3]");
        assertThatThrownBy(() -> ops.add(x, input(5)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("cannot broadcast [N,3,8,8] with [5]");
        assertThatThrownBy(() -> ops.matmul(input(2, 3), input(4, 5))).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> ops.reshape(input(2, 3), 4)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> ops.concat(0, java.util.List.of(input(2, 3), input(2, 4))))
                .isInstanceOf(GraphException.class);
    }

    @Test
    void unknownOperatorsStayUnknown() {
        Value y = ops.node("some.domain", "Mystery", Map.of(), 1, input(1)).output();
        assertThat(y.shape()).isNull();
        assertThat(y.type()).isNull();
    }
}
