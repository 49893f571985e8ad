package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeRules;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Gradients with respect to what subgraphs read of the graphs around them. */
class ControlFlowTest {
    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(2));
    private final Value condition = o.op("Greater", o.op("ReduceSum", Map.of("keepdims", 0), x), o.constant(0f));

    /** A node with one graph per attribute; the graphs are part of the node when they are filled. */
    private static Node branches(
            Ops o, Value condition, Function<Ops, List<Value>> then, Function<Ops, List<Value>> or) {
        Node node = o.graph().addNode("", "If", List.of(condition));
        node.setName("either" + o.graph().nodes().size());
        int outputs = 0;
        for (String name : List.of("then_branch", "else_branch")) {
            Graph branch = new Graph(name);
            node.set(name, branch);
            List<Value> results = (name.equals("then_branch") ? then : or).apply(new Ops(branch));
            results.forEach(branch::addOutput);
            outputs = results.size();
        }
        for (int i = 0; i < outputs; i++) {
            node.addOutput(o.graph().freshName("If"));
        }
        ShapeRules.infer(node);
        return node;
    }

    private float[] gradient(Value y, Value of, float... point) {
        Graph copy = graph;
        Value gradient = Backward.gradients(copy, y, List.of(of)).get(of);
        return GraphRunner.run(copy, List.of(gradient), Map.of("x", new GraphRunner.Feed(point, point.length)))
                .get(gradient);
    }

    @Test
    void aBranchThatReadsAnOuterValueHasItsGradient() {
        Value y = branches(o, condition, b -> List.of(b.mul(x, 2)), b -> List.of(b.mul(x, b.mul(x, 3))))
                .output();
        // y = 2 x where the sum is positive, else 3 x^2
        assertThat(gradient(y, x, 1, 2)).containsExactly(2, 2);
    }

    @Test
    void theOtherBranchHasItsOwnGradient() {
        Value y = branches(o, condition, b -> List.of(b.mul(x, 2)), b -> List.of(b.mul(x, b.mul(x, 3))))
                .output();
        assertThat(gradient(y, x, -1, -2)).containsExactly(-6, -12);
    }

    @Test
    void gradientsThroughABranchAndPastItAreAdded() {
        Value square = o.mul(x, x);
        Value y = o.add(
                branches(o, condition, b -> List.of(b.op("Exp", square)), b -> List.of(b.op("Neg", x)))
                        .output(),
                o.mul(x, 5));
        double e = Math.exp(0.25);
        float[] found = gradient(y, x, 0.5f, 0.5f);
        assertThat(found[0]).isCloseTo((float) (e + 5), org.assertj.core.data.Offset.offset(1e-5f));
    }

    @Test
    void aBranchThatDoesNotReadAValueGivesZeros() {
        Value y = branches(
                        o,
                        condition,
                        b -> List.of(b.op("Sin", x)),
                        b -> List.of(b.op(
                                "ConstantOfShape",
                                Map.of("value", Tensor.filled(ElementType.FLOAT, 1, 1)),
                                b.op("Shape", x))))
                .output();
        assertThat(gradient(y, x, -1, -2)).containsExactly(0, 0);
    }

    @Test
    void aBranchMayReturnAnOuterValueAndBranchesMayBeNested() {
        Value y = branches(o, condition, b -> List.of(x, b.mul(x, 7)), b -> branches(
                                b, condition, c -> List.of(x, x), c -> List.of(c.mul(x, 3), c.mul(x, x)))
                        .outputs())
                .output(1);
        assertThat(gradient(y, x, -1, -2)).containsExactly(-2, -4);
    }

    @Test
    void severalOutputsOfWhichOneIsDifferentiated() {
        Node node =
                branches(o, condition, b -> List.of(b.mul(x, 2), b.mul(x, 3)), b -> List.of(b.mul(x, 4), b.mul(x, 5)));
        assertThat(gradient(o.mul(node.output(1), node.output(1)), x, 1, 1)).containsExactly(18, 18);
    }

    @Test
    void dynamicSizesAndUnknownRanks() {
        Value open = graph.addInput("open", ElementType.FLOAT, null);
        Value y = o.op(
                "ReduceMean",
                branches(o, condition, b -> List.of(b.mul(open, open)), b -> List.of(open))
                        .output());
        Value gradient = Backward.gradients(graph, y, List.of(open)).get(open);
        Map<String, GraphRunner.Feed> feeds = Map.of(
                "x", new GraphRunner.Feed(new float[] {1, 1}, 2),
                "open", new GraphRunner.Feed(new float[] {1, 2, 3, 4}, 2, 2));
        assertThat(GraphRunner.run(graph, List.of(gradient), feeds).get(gradient))
                .containsExactly(0.5f, 1, 1.5f, 2);
    }

    @Test
    void secondDerivatives() {
        Value y = branches(o, condition, b -> List.of(b.mul(x, b.mul(x, x))), b -> List.of(x))
                .output();
        Value first = Backward.gradients(graph, y, List.of(x)).get(x);
        assertThat(gradient(first, x, 1, 2)).containsExactly(6, 12);
    }

    @Test
    void randomNodesInABranchAreRefused() {
        Value y = branches(o, condition, b -> List.of(b.mul(x, b.op("RandomNormalLike", x))), b -> List.of(x))
                .output();
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("RandomNormalLike '")
                .hasMessageContaining("random inside a branch");
    }

    private Node loop(Value start, Function<Value, Value> step) {
        return loop(3, start, step);
    }

    private Node loop(long steps, Value start, Function<Value, Value> step) {
        Node loop = graph.addNode("", "Loop", Arrays.asList(o.constant(Tensor.scalar(steps)), null, start));
        loop.setName("steps");
        Graph body = new Graph("body");
        loop.set("body", body);
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        Value go = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
        Value state = body.addInput("state", ElementType.FLOAT, null);
        body.addOutput(new Ops(body).op("Identity", go));
        body.addOutput(step.apply(state));
        loop.addOutput("y");
        ShapeRules.infer(loop);
        return loop;
    }

    @Test
    void aLoopMayReadAnOuterValue() {
        Value y = loop(x, s -> new Ops(s.graph()).mul(s, x)).output();
        // y = x^4
        assertThat(gradient(y, x, 1, 2)).containsExactly(4, 32);
    }

    @Test
    void aLoopWithoutStepsPassesItsGradientOn() {
        Value y = o.mul(loop(0, x, s -> new Ops(s.graph()).mul(s, x)).output(), 3);
        assertThat(gradient(y, x, 1, 2)).containsExactly(3, 3);
    }

    @Test
    void aStateThatGrowsIsRefused() {
        Value y = loop(x, s -> new Ops(s.graph()).concat(0, List.of(s, x))).output();
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("Loop 'steps'")
                .hasMessageContaining("'state', which grows from [2] to [4]");
    }

    @Test
    void aLoopOfRandomStepsIsRefused() {
        Value y = loop(x, s -> new Ops(s.graph()).mul(s, new Ops(s.graph()).op("RandomNormalLike", s)))
                .output();
        assertThatThrownBy(() -> Backward.gradients(graph, y, List.of(x)))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("random inside the body of a Loop");
    }
}
