package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
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
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ONNX Runtime, which inlines functions itself, tells what they compute. */
class InlineFunctionsTest {
    private final Graph graph = new Graph("test");
    private final Model model = new Model(graph);
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(4));

    private Graph function(String name, Map<String, Attribute> defaults, List<String> attributes, String... inputs) {
        Graph body = new Graph(name);
        for (String input : inputs) {
            body.addInput(input, null, null);
        }
        Map<String, Long> opsets = new LinkedHashMap<>(Map.of("", Model.OPSET, "own", 1L));
        model.functions().add(new Function("own", name, "", attributes, defaults, body, opsets, ""));
        model.opsets().put("own", 1L);
        return body;
    }

    private static Value call(Graph in, String function, Value... inputs) {
        Node node = in.addNode("own", function, List.of(inputs));
        node.setName("call" + in.nodes().size());
        return node.addOutput(in.freshName(function));
    }

    private static float[] run(Model model) {
        NativeTensor feed = NativeTensor.ofFloats(new float[] {-2, -1, 0.5f, 3}, 4);
        try (feed;
                Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            Map<String, NativeTensor> results = session.run(Map.of("x", feed));
            float[] values = results.get("y").floats();
            results.values().forEach(NativeTensor::close);
            return values;
        }
    }

    private void isTheSameInlined(Value y) {
        y.setName("y");
        y.setType(ElementType.FLOAT);
        graph.addOutput(y);
        float[] before = run(model);
        assertThat(InlineFunctions.run(model)).isTrue();
        assertThat(Verifier.problems(model)).isEmpty();
        assertThat(model.functions()).isEmpty();
        assertThat(graph.nodes()).noneMatch(node -> node.domain().equals("own"));
        assertThat(graph.outputs().get(0).name()).isEqualTo("y");
        assertThat(graph.outputs().get(0).shape()).isEqualTo(Shape.of(4));
        assertThat(run(model)).containsExactly(before);
    }

    @Test
    void callsInCallsWithAttributesOfTheCaller() {
        Graph leak = function("leak", Map.of("slope", Attribute.of(0.5f)), List.of(), "a");
        Value leaked = new Ops(leak).op("LeakyRelu", leak.inputs().get(0));
        leaked.producer().set("alpha", new Attribute.Reference("slope", 1));
        leak.addOutput(leaked);
        Graph twice = function("twice", Map.of(), List.of(), "b");
        leaked.producer().setName("same");
        Value first = call(twice, "leak", twice.inputs().get(0));
        Value second = call(twice, "leak", first);
        second.producer().set("slope", 0.25f);
        twice.addOutput(second);
        isTheSameInlined(call(graph, "twice", call(graph, "twice", x)));
    }

    @Test
    void callsInBranches() {
        Graph square = function("square", Map.of(), List.of(), "a");
        Value a = square.inputs().get(0);
        square.addOutput(new Ops(square).mul(a, a));
        Ops o = new Ops(graph);
        Value condition = o.op("Greater", o.op("ReduceSum", Map.of("keepdims", 0), x), o.constant(0f));
        Node node = graph.addNode("", "If", List.of(condition));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph branch = new Graph(name);
            node.set(name, branch);
            Value result = name.equals("then_branch") ? call(branch, "square", x) : new Ops(branch).op("Neg", x);
            branch.addOutput(result.setType(ElementType.FLOAT));
        }
        isTheSameInlined(node.addOutput("If"));
    }

    @Test
    void branchesInFunctions() {
        Graph either = function("either", Map.of(), List.of(), "a", "c");
        Node node = either.addNode("", "If", List.of(either.inputs().get(1)));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph branch = new Graph(name);
            node.set(name, branch);
            String op = name.equals("then_branch") ? "Exp" : "Neg";
            branch.addOutput(new Ops(branch).op(op, either.inputs().get(0)));
        }
        either.addOutput(node.addOutput("chosen"));
        isTheSameInlined(call(graph, "either", x, new Ops(graph).constant(Tensor.ofBools(new boolean[] {true}))));
    }

    /** The runtime refuses such a function. */
    @Test
    void resultsThatAreOnlyPassedOn() {
        Graph same = function("same", Map.of(), List.of(), "a");
        same.addOutput(same.inputs().get(0));
        same.addOutput(same.inputs().get(0));
        Node node = graph.addNode("own", "same", List.of(x));
        node.addOutput("first");
        graph.addOutput(node.addOutput("y").setType(ElementType.FLOAT));
        InlineFunctions.run(model);
        assertThat(Verifier.problems(model)).isEmpty();
        assertThat(run(model)).containsExactly(-2, -1, 0.5f, 3);
    }

    @Test
    void functionsThatDoubleAreRefused() {
        for (int level = 0; level < 24; level++) {
            Graph body = function("level" + level, Map.of(), List.of(), "a");
            Value a = body.inputs().get(0);
            String next = "level" + (level + 1);
            body.addOutput(level == 23 ? new Ops(body).op("Neg", a) : call(body, next, call(body, next, a)));
        }
        graph.addOutput(call(graph, "level0", x));
        assertThatThrownBy(() -> InlineFunctions.run(model))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("nodes when inlined");
    }

    @Test
    void aFunctionOfAnotherOpsetIsRefused() {
        Graph same = function("same", Map.of(), List.of(), "a");
        same.addOutput(new Ops(same).op("Neg", same.inputs().get(0)));
        model.functions().get(0).opsets().put("", 17L);
        graph.addOutput(call(graph, "same", x));
        assertThatThrownBy(() -> InlineFunctions.run(model))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("function same uses version 17");
    }
}
