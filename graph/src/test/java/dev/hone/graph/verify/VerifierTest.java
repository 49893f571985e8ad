package dev.hone.graph.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private final Graph graph = new Graph("g");
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(2, 3, 4, 5));

    private Node node(String op, Value... inputs) {
        Node node = graph.addNode("", op, java.util.Arrays.asList(inputs));
        node.addOutput("y" + graph.nodes().size());
        node.setName("n");
        return node;
    }

    private void expect(String... problems) {
        assertThat(Verifier.problems(graph)).containsExactly(problems);
    }

    @Test
    void acceptsAValidGraph() {
        Node conv = node("Conv", x, graph.addConstant(Tensor.ofFloats(new float[6], 2, 3, 1, 1)));
        conv.set("strides", new long[] {2, 2});
        conv.output().setType(ElementType.FLOAT).setShape(Shape.of(2, 2, 2, 3));
        graph.addOutput(node("Relu", conv.output()).output());
        expect();
        assertThatCode(() -> Verifier.check(new Model(graph))).doesNotThrowAnyException();
    }

    @Test
    void findsUnknownOperatorsOfOnnxOnly() {
        graph.addNode("com.example", "Anything", List.of(x)).addOutput("z");
        node("Rellu", x);
        expect("Rellu 'n': operator Rellu is not in ONNX opset 21; check its name, or set the domain that"
                + " defines it");
    }

    @Test
    void findsWrongNumbersOfInputs() {
        node("Relu", x, x);
        node("Add", x);
        expect("Relu 'n': has 2 inputs, takes 1", "Add 'n': has 1 input, takes 2");
    }

    @Test
    void findsMissingInputs() {
        Node conv = node("Conv", x, x);
        conv.setInput(0, null);
        expect("Conv 'n': lacks input 0 (X)");
    }

    /** As ONNX Runtime 1.29 loads and refuses them. */
    @Test
    void findsOperatorsThatLackAllAlternativesOrHaveTwo() {
        Value scales = graph.addConstant(Tensor.ofFloats(new float[] {1, 1, 2, 2}, 4));
        Value sizes = graph.addConstant(Tensor.ofLongs(new long[] {2, 3, 8, 10}, 4));
        Value none = graph.addConstant(Tensor.ofFloats(new float[0], 0));
        Value computed = graph.addInput("scales", ElementType.FLOAT, Shape.of(4));
        node("Resize", x);
        node("Resize", x, null, none);
        node("Resize", x, null, scales, sizes);
        node("Resize", x, null, scales);
        node("Resize", x, none, none, sizes);
        node("Resize", x, null, computed);
        Value halves = graph.addConstant(Tensor.ofLongs(new long[] {1, 1}, 2));
        node("Split", x).addOutput("z1");
        node("Split", x, halves).set("num_outputs", 2).addOutput("z2");
        node("Split", x, halves).addOutput("z3");
        node("Split", x).set("num_outputs", 2).addOutput("z4");
        node("Constant");
        node("Constant").set("value_float", 1f);
        List<String> expected = List.of(
                "Resize 'n': lacks one of scales, sizes",
                "Resize 'n': lacks one of scales, sizes",
                "Resize 'n': has both scales and sizes, takes one of them",
                "Split 'n': lacks one of split, num_outputs",
                "Split 'n': has both split and num_outputs, takes one of them",
                "Constant 'n': lacks one of value, sparse_value, value_float, value_floats, value_int, value_ints, "
                        + "value_string, value_strings");
        assertThat(Verifier.problems(graph).stream().filter(p -> p.contains("one of")))
                .containsExactlyElementsOf(expected);
        graph.addOutput(x);
        assertThatThrownBy(() -> Verifier.checkNodes(new Model(graph)))
                .hasMessageStartingWith(expected.get(0))
                .hasMessageEndingWith(" (and 5 more)");
    }

    @Test
    void findsWrongAttributes() {
        node("Relu", x).set("alpha", 1f);
        node("Elu", x).set("alpha", 1);
        node("Concat", x);
        node("LeakyRelu", x).set("alpha", new Attribute.Reference("slope", 1));
        assertThat(Verifier.problems(graph))
                .contains(
                        "Relu 'n': has attribute alpha, which the operator does not have in opset 21",
                        "Elu 'n': attribute alpha is of kind int, takes float",
                        "Concat 'n': lacks attribute axis",
                        "LeakyRelu 'n': attribute alpha refers to attribute slope of a function, but is not in one");
    }

    @Test
    void findsWrongTypes() {
        Value whole = graph.addInput("i", ElementType.INT64, Shape.of(5));
        node("Erf", graph.addInput("text", ElementType.STRING, Shape.of(5)));
        node("Add", x, whole);
        assertThat(Verifier.problems(graph))
                .anySatisfy(p -> assertThat(p).startsWith("Erf 'n': input 0 'text' is string, takes bfloat16, double"))
                .contains("Add 'n': input 1 'i' is int64, but 'x' is float; both must have the same type");
    }

    @Test
    void findsStatedShapesThatContradictTheInputs() {
        node("Relu", x).output().setShape(Shape.of(2, 3, 4, 6));
        node("Shape", x).output().setType(ElementType.FLOAT);
        assertThat(Verifier.problems(graph))
                .contains(
                        "Relu 'n': output 'y1' is declared with shape [2,3,4,6], but has [2,3,4,5]",
                        "Shape 'n': output 'y2' is declared as float, but is int64");
        assertThat(graph.find("y1").shape()).isEqualTo(Shape.of(2, 3, 4, 6));
    }

    @Test
    void findsInputsThatNothingDefines() {
        Node relu = node("Relu", x);
        Node tanh = node("Tanh", relu.output());
        graph.addOutput(tanh.output());
        graph.removeInput(x);
        expect("Relu 'n': input 0 'x' is not an input, initializer or node output of its graph");
    }

    @Test
    void findsCycles() {
        Node a = node("Relu", x);
        Node b = node("Tanh", a.output());
        a.setInput(0, b.output());
        expect("Relu 'n': is part of a cycle");
    }

    @Test
    void findsValuesOutOfReach() {
        Node branch = node("If", graph.addInput("c", ElementType.BOOL, Shape.SCALAR));
        Graph then = new Graph("then");
        Graph otherwise = new Graph("else");
        branch.set("then_branch", then).set("else_branch", otherwise);
        Node inner = then.addNode("Relu", x);
        then.addOutput(inner.output());
        otherwise.addOutput(otherwise.addNode("Tanh", inner.output()).output());
        assertThat(Verifier.problems(graph))
                .containsExactly(
                        "Tanh 'Tanh_h1': input 0 'Relu_h0' belongs to graph 'then', which does not enclose the reader");
    }

    @Test
    void findsDuplicateInputAndOutputNames() {
        graph.addInput("x", ElementType.FLOAT, Shape.of(1));
        Node relu = node("Relu", x);
        relu.output().setName("x");
        graph.addOutput(relu.output());
        expect("graph 'g': two inputs are named 'x'", "graph 'g': output 'x' has the name of another output or input");
    }

    @Test
    void findsMissingImports() {
        graph.addNode("com.example", "Anything", List.of(x)).addOutput("z");
        assertThat(Verifier.problems(new Model(graph)))
                .containsExactly("com.example.Anything 'z': the model imports no opset of domain 'com.example'");
    }

    @Test
    void checksFunctionsAndTheirCalls() {
        Graph body = new Graph("Twice");
        Value in = body.addInput("in", null, null);
        body.addOutput(body.addNode("Add", in, in).output());
        Node call = graph.addNode("my", "Twice", List.of(x, x));
        call.addOutput("z");
        call.set("axis", 1);
        Model model = new Model(graph);
        model.opsets().put("my", 1L);
        model.functions().add(new Function("my", "Twice", "", List.of("scale"), Map.of(), body, Map.of(), ""));
        assertThat(Verifier.problems(model))
                .containsExactly(
                        "my.Twice 'z': has 2 inputs, its function takes 1",
                        "my.Twice 'z': has attribute axis, which its function does not have",
                        "my.Twice 'z': lacks attribute scale, which its function requires",
                        "in function my.Twice: Add 'Add_h0': the function imports no opset of domain ''");
    }

    @Test
    void findsFunctionsThatCallThemselves() {
        Graph body = new Graph("Loop");
        Value in = body.addInput("in", null, null);
        Node again = body.addNode("my", "Loop", List.of(in));
        body.addOutput(again.addOutput("out"));
        Model model = new Model(graph);
        model.functions().add(new Function("my", "Loop", "", List.of(), Map.of(), body, Map.of("my", 1L), ""));
        assertThat(Verifier.problems(model)).containsExactly("in function my.Loop: calls itself");
    }

    @Test
    void failsWithTheFirstProblemAndTheNumberOfOthers() {
        node("Relu", x, x);
        node("Add", x);
        assertThatThrownBy(() -> Verifier.check(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage("Relu 'n': has 2 inputs, takes 1 (and 1 more)");
    }
}
