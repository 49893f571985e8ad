package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Operators with bodies; the expected shapes follow from the operators' definitions in ONNX. */
class ControlFlowShapesTest {
    private static final Dim N = Dim.symbol("N");

    private final Graph graph = new Graph("outer");
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(4)));

    private Node node(String op, Map<String, ?> attributes, int outputs, Value... inputs) {
        Node node = graph.addNode("", op, Arrays.asList(inputs));
        attributes.forEach(node::set);
        for (int i = 0; i < outputs; i++) {
            node.addOutput("y" + i);
        }
        graph.addOutput(node.output(0));
        return node;
    }

    private Graph branch(String op, Value... inputs) {
        Graph branch = new Graph("branch");
        branch.addOutput(branch.addNode(op, inputs).output());
        return branch;
    }

    @Test
    void branchesAgreeWhereTheyAreEqual() {
        Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);
        Value other = graph.addInput("o", ElementType.FLOAT, Shape.of(Dim.of(7), Dim.of(4)));
        Node node =
                node("If", Map.of("then_branch", branch("Relu", x), "else_branch", branch("Neg", other)), 1, condition);
        ShapeInference.run(graph);
        assertThat(node.output().type()).isEqualTo(ElementType.FLOAT);
        assertThat(node.output().shape().dim(0).isAnonymous()).isTrue();
        assertThat(node.output().shape().dim(1)).isEqualTo(Dim.of(4));
    }

    @Test
    void branchesOfDifferentTypesAreAnError() {
        Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);
        node("If", Map.of("then_branch", branch("Relu", x), "else_branch", branch("Shape", x)), 1, condition);
        assertThatThrownBy(() -> ShapeInference.run(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("If 'y0': output 0 is float in one branch, int64 in the other");
    }

    /** State: a matrix that stays, and one that grows by a row each time; scan output: one row. */
    @Test
    void loopsKeepWhatDoesNotChange() {
        Graph body = new Graph("body");
        body.addInput("i", null, null);
        Value go = body.addInput("go", null, null);
        Value same = body.addInput("same", null, null);
        Value grows = body.addInput("grows", null, null);
        body.addOutput(body.addNode("Identity", go).output());
        body.addOutput(body.addNode("Relu", same).output());
        Value row = body.addConstant("row", Tensor.filled(ElementType.FLOAT, 0, 1, 4));
        Node concat = body.addNode("Concat", grows, row);
        concat.set("axis", 0);
        body.addOutput(concat.output());
        Node sum = body.addNode("ReduceSum", same, body.addConstant("axes", Tensor.vector(0)));
        sum.set("keepdims", 0);
        body.addOutput(sum.output());

        Value times = graph.addConstant("times", Tensor.scalar(5L));
        Node loop = node("Loop", Map.of("body", body), 3, times, null, x, x);
        ShapeInference.run(graph);
        assertThat(loop.output(0).shape()).isEqualTo(x.shape());
        assertThat(loop.output(1).shape().dim(0).isAnonymous()).isTrue();
        assertThat(loop.output(1).shape().dim(1)).isEqualTo(Dim.of(4));
        assertThat(loop.output(2).shape().rank()).isEqualTo(2);
        assertThat(loop.output(2).shape().dim(1)).isEqualTo(Dim.of(4));
        assertThat(loop.outputs()).allMatch(v -> v.type() == ElementType.FLOAT);
        assertThat(loop.input(0)).isSameAs(times);
    }

    /** The cumulative sum of ONNX's documentation, over the second axis. */
    @Test
    void scansSliceAndStack() {
        Graph body = new Graph("body");
        Value sum = body.addInput("sum", null, null);
        Value next = body.addInput("next", null, null);
        Value added = body.addNode("Add", sum, next).output();
        Value weights = body.addConstant("w", Tensor.filled(ElementType.FLOAT, 1, 3, 5));
        body.addOutput(body.addNode("Identity", added).output());
        body.addOutput(body.addNode("MatMul", added, weights).output());
        Value initial = graph.addInput("initial", ElementType.FLOAT, Shape.of(N, Dim.of(3)));
        Value sequence = graph.addInput("sequence", ElementType.FLOAT, Shape.of(N, Dim.symbol("T"), Dim.of(3)));
        Node scan = node(
                "Scan",
                Map.of(
                        "body",
                        body,
                        "num_scan_inputs",
                        1,
                        "scan_input_axes",
                        new long[] {1},
                        "scan_output_axes",
                        new long[] {-2}),
                2,
                initial,
                sequence);
        ShapeInference.run(graph);
        assertThat(scan.output(0).shape()).isEqualTo(Shape.of(N, Dim.of(3)));
        assertThat(scan.output(1).shape()).isEqualTo(Shape.of(N, Dim.symbol("T"), Dim.of(5)));
        // The body runs T times over the same weights.
        GraphCost cost = GraphCost.of(graph);
        assertThat(cost.total().multiplyAdds())
                .isEqualTo(N.times(Dim.symbol("T")).times(15));
        assertThat(cost.total().parameters()).isEqualTo(Dim.of(15));
    }

    @Test
    void theDearerBranchCounts() {
        Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);
        Value narrow = graph.addConstant("narrow", Tensor.filled(ElementType.FLOAT, 1, 4, 2));
        Value wide = graph.addConstant("wide", Tensor.filled(ElementType.FLOAT, 1, 4, 9));
        Graph cheap = branch("MatMul", x, narrow);
        Graph dear = branch("MatMul", x, wide);
        node("If", Map.of("then_branch", cheap, "else_branch", dear), 1, condition);
        ShapeInference.run(graph);
        assertThat(GraphCost.of(graph).total().multiplyAdds()).isEqualTo(N.times(36));
    }

    @Test
    void bodiesOfTheWrongKindAreErrors() {
        Graph body = new Graph("body");
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        node("Loop", Map.of("body", body), 1, null, null, x);
        assertThatThrownBy(() -> ShapeInference.run(graph))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("the body has 1 inputs and 0 outputs, expected 3 and 2");
    }

    /** The types of what an operator of another domain makes are known from the file only. */
    @Test
    void declarationsStayWhereNothingIsKnownOutside() {
        Value opaque = graph.addNode("org.example", "Unknown", List.of(x)).addOutput("opaque");
        Graph body = new Graph("body");
        Value state = body.addInput("state", ElementType.FLOAT, Shape.of(2, 3));
        Value slice = body.addInput("slice", ElementType.FLOAT, Shape.of(2, 3));
        Node inside = body.addNode("org.example", "Unknown", List.of(state));
        Value made = inside.addOutput("made").setType(ElementType.FLOAT).setShape(Shape.of(2, 3));
        body.addOutput(body.addNode("Add", made, slice).output());
        Node node = node("Scan", Map.of("body", body, "num_scan_inputs", 1), 1, opaque, opaque);
        ShapeInference.run(graph);
        ShapeInference.run(graph);
        assertThat(state.type()).isEqualTo(ElementType.FLOAT);
        assertThat(slice.type()).isEqualTo(ElementType.FLOAT);
        assertThat(slice.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(made.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(node.output().type()).isEqualTo(ElementType.FLOAT);

        Graph loop = new Graph("loop");
        loop.addInput("i", null, null);
        loop.addInput("go", null, null);
        Value carried = loop.addInput("carried", ElementType.DOUBLE, Shape.of(4));
        loop.addOutput(loop.addNode("Identity", loop.inputs().get(1)).output());
        loop.addOutput(loop.addNode("Neg", carried).output());
        Node second = node("Loop", Map.of("body", loop), 1, null, null, opaque);
        ShapeInference.run(graph);
        assertThat(carried.type()).isEqualTo(ElementType.DOUBLE);
        assertThat(second.output().type()).isEqualTo(ElementType.DOUBLE);
    }

    /** A dead branch of a scripted model. */
    @Test
    void aBranchThatDoesNotFitIsOpaque() {
        Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);
        Value vector = graph.addInput("v", ElementType.FLOAT, Shape.of(7));
        Node node = node(
                "If",
                Map.of("then_branch", branch("Relu", x), "else_branch", branch("MatMul", x, vector)),
                1,
                condition);
        ShapeInference.run(graph);
        assertThat(node.output().type()).isEqualTo(ElementType.FLOAT);
        assertThat(node.output().shape()).isNull();
    }
}
