package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShapeInferenceTest {
    private static final Dim N = Dim.symbol("N");

    private final Graph graph = new Graph("test");
    private final Ops ops = new Ops(graph);

    @Test
    void bindingPutsNumbersInForSymbols() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(3), Dim.symbol("H")));
        Value shape = ops.op("Shape", x);
        Value y = ops.op("Flatten", x);
        graph.addOutput(y);
        ShapeInference.bind(graph, Map.of("N", Dim.of(2)));
        assertThat(x.shape()).isEqualTo(Shape.of(Dim.of(2), Dim.of(3), Dim.symbol("H")));
        assertThat(y.shape()).isEqualTo(Shape.of(Dim.of(2), Dim.symbol("H").times(3)));
        assertThat(shape.elements()).containsExactly(Dim.of(2), Dim.of(3), Dim.symbol("H"));
    }

    @Test
    void changedInputsReplaceWhatWasInferred() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(4, 3));
        Value y = ops.op("Relu", x);
        x.setShape(Shape.of(N, Dim.of(3)));
        x.setType(ElementType.FLOAT16);
        ShapeInference.run(graph);
        assertThat(y.shape()).isEqualTo(Shape.of(N, Dim.of(3)));
        assertThat(y.type()).isEqualTo(ElementType.FLOAT16);
    }

    @Test
    void declaredShapesStayWhereNothingIsKnown() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(3)));
        Value mystery = ops.node("some.domain", "Mystery", Map.of(), 1, x).output();
        mystery.setType(ElementType.FLOAT).setShape(Shape.of(5, 6));
        Value found = ops.op("NonZero", x).setShape(Shape.of(Dim.of(2), Dim.symbol("found")));
        Value product = ops.matmul(mystery, graph.addConstant(Tensor.filled(ElementType.FLOAT, 1, 6, 2)));
        ShapeInference.run(graph);
        assertThat(mystery.shape()).isEqualTo(Shape.of(5, 6));
        assertThat(found.shape()).isEqualTo(Shape.of(Dim.of(2), Dim.symbol("found")));
        assertThat(product.shape()).isEqualTo(Shape.of(5, 2));
    }

    @Test
    void unknownDimensionsKeepTheirIdentity() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(3)));
        Value found = ops.op("NonZero", x);
        Value rows = ops.slice(ops.op("Cast", Map.of("to", 1), found), 0, 0, 1, 1);
        Dim before = rows.shape().dim(1);
        assertThat(before).isEqualTo(found.shape().dim(1));
        ShapeInference.run(graph);
        assertThat(rows.shape().dim(1)).isEqualTo(before);
    }

    @Test
    void nodesOutOfOrderAreSortedFirst() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(3)));
        Node second = graph.addNode("Flatten", x);
        Node first = graph.addNode("Transpose", x);
        second.setInputs(first.output());
        ShapeInference.run(graph);
        assertThat(second.output().shape()).isEqualTo(Shape.of(Dim.of(3), N));
    }

    @Test
    void overridableInitializersAreNoConstants() {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(6));
        Value target = graph.addConstant("target", Tensor.vector(2, 3));
        graph.addInput(target);
        Value y = ops.op("Reshape", x, target);
        assertThat(y.shape().rank()).isEqualTo(2);
        assertThat(y.shape().dims()).allMatch(Dim::isAnonymous);
    }

    /** flat(x) {axis} = Flatten(Relu(x)), called twice with different shapes and attributes. */
    @Test
    void functionsAreInferredPerCall() {
        Graph body = new Graph("flat");
        Value formal = body.addInput("a", null, null);
        Node flatten = body.addNode("Flatten", body.addNode("Relu", formal).output());
        Attribute reference = new Attribute.Reference("axis", 2);
        flatten.set("axis", reference);
        body.addOutput(flatten.output());
        Function function = new Function(
                "local", "flat", "", List.of(), Map.of("axis", Attribute.of(1)), body, Map.of("", 21L), "");
        Model model = new Model(graph);
        model.functions().add(function);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(N, Dim.of(3), Dim.of(4)));
        Value z = graph.addInput("z", ElementType.DOUBLE, Shape.of(Dim.of(2), Dim.of(3), N));
        Value first = ops.node("local", "flat", Map.of(), 1, x).output();
        Value second = ops.node("local", "flat", Map.of("axis", 2), 1, z).output();
        ShapeInference.run(model);
        assertThat(first.shape()).isEqualTo(Shape.of(N, Dim.of(12)));
        assertThat(second.shape()).isEqualTo(Shape.of(Dim.of(6), N));
        assertThat(second.type()).isEqualTo(ElementType.DOUBLE);
        // The function itself stays as it was.
        assertThat(flatten.attribute("axis")).isEqualTo(reference);
        assertThat(formal.shape()).isNull();
        assertThat(flatten.output().shape()).isNull();
    }
}
