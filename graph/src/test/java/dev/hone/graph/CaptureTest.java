package dev.hone.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.analysis.FeatureMaps;
import dev.hone.graph.analysis.Head;
import dev.hone.graph.analysis.Weights;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.MergeEqual;
import dev.hone.graph.rewrite.RemoveDeadCode;
import dev.hone.graph.verify.Verifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What subgraphs read of the graphs around them is read by the node that holds them, for everyone who walks a graph. */
class CaptureTest {
    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1, 3, 8, 8));
    private final Value condition = graph.addInput("c", ElementType.BOOL, Shape.SCALAR);

    private static Node branches(Graph in, Value condition, Value then, Value otherwise) {
        Node node = in.addNode("", "If", List.of(condition));
        for (Value read : List.of(then, otherwise)) {
            Graph branch = new Graph("branch");
            node.set(read == then ? "then_branch" : "else_branch", branch);
            branch.addOutput(new Ops(branch).op("Relu", read));
        }
        node.addOutput(in.freshName("If")).setType(then.type()).setShape(then.shape());
        return node;
    }

    @Test
    void readsAreInputsAndCapturesOnce() {
        Value a = o.op("Exp", x);
        Node node = branches(graph, condition, a, a);
        assertThat(node.inputs()).containsExactly(condition);
        assertThat(node.captures()).containsExactly(a);
        assertThat(node.reads()).containsExactly(condition, a);
        assertThat(a.readers()).containsExactly(node);
    }

    @Test
    void capturesOfNestedSubgraphsBelongToEveryNodeAround() {
        Value a = o.op("Exp", x);
        Node outer = graph.addNode("", "If", List.of(condition));
        Graph branch = new Graph("branch");
        outer.set("then_branch", branch);
        Value local = new Ops(branch).op("Neg", x);
        Node inner = branches(branch, condition, a, local);
        branch.addOutput(inner.output());
        assertThat(inner.captures()).containsExactly(a, local);
        assertThat(outer.captures()).containsExactlyInAnyOrder(x, a, condition);
        assertThat(a.readers()).containsExactly(outer);
        assertThat(local.readers()).containsExactly(inner);
    }

    @Test
    void aSubgraphReturnsValuesOfItsOwn() {
        Value a = o.op("Exp", x);
        Node node = graph.addNode("", "If", List.of(condition));
        Graph before = new Graph("before");
        before.addOutput(a);
        node.set("then_branch", before);
        Graph after = new Graph("after");
        node.set("else_branch", after);
        after.addOutput(a);
        for (Graph branch : List.of(before, after)) {
            assertThat(branch.outputs().get(0).graph()).isSameAs(branch);
            assertThat(branch.outputs().get(0).producer().is("Identity")).isTrue();
        }
        assertThat(node.captures()).containsExactly(a);
    }

    @Test
    void sortingAndAncestorsFollowCaptures() {
        Node late = branches(graph, condition, x, x);
        Value a = o.op("Exp", x);
        late.subgraphs().forEach(g -> g.nodes().forEach(n -> n.setInput(0, a)));
        graph.addOutput(late.output());
        graph.sort();
        assertThat(List.copyOf(graph.nodes())).containsExactly(a.producer(), late);
        assertThat(graph.ancestors(List.of(late.output()))).containsExactly(a.producer(), late);
    }

    @Test
    void capturedValuesAreAlive() {
        Value a = o.op("Exp", x);
        Value dead = o.op("Neg", x);
        graph.addOutput(branches(graph, condition, a, x).output());
        new RemoveDeadCode().run(graph);
        assertThat(graph.nodes()).contains(a.producer()).doesNotContain(dead.producer());
    }

    @Test
    void equalNodesAreMergedUnderTheirCaptures() {
        Value a = o.op("Exp", x);
        Value b = o.op("Exp", x);
        Node node = branches(graph, condition, a, b);
        graph.addOutput(node.output());
        new MergeEqual(true).run(graph);
        assertThat(node.captures()).containsExactly(a);
        assertThat(Verifier.problems(new Model(graph))).isEmpty();
    }

    @Test
    void copiesOfAPartReadTheSameSurroundings() {
        Value a = o.op("Exp", x);
        Graph branch = branches(graph, condition, a, x).subgraphs().get(0);
        Graph copy = branch.copy();
        assertThat(copy.outputs().get(0)).isNotSameAs(branch.outputs().get(0));
        assertThat(copy.nodes().iterator().next().input(0)).isSameAs(a);
    }

    /** x -> Conv -> If { Relu } -> GlobalAveragePool -> Flatten -> Gemm */
    @Test
    void analysisFollowsCaptures() {
        Value conv = o.op("Conv", x, o.constant(Tensor.filled(ElementType.FLOAT, 1, 4, 3, 3, 3)));
        Value maps = branches(graph, condition, conv, conv).output();
        Value bias = o.constant(Tensor.filled(ElementType.FLOAT, 1, 4, 1, 1));
        Value shifted = o.add(maps, bias);
        Value pooled = o.op("Flatten", o.op("GlobalAveragePool", shifted));
        Value weights = o.constant(Tensor.filled(ElementType.FLOAT, 1, 4, 2));
        Value logits = o.op("Gemm", pooled, weights);
        Value scores = branches(graph, condition, logits, logits).output();
        graph.addOutput(scores);
        graph.sort();
        assertThat(FeatureMaps.last(graph)).isSameAs(shifted);
        assertThat(Weights.learned(graph, n -> true)).contains(bias, weights);
        assertThat(Head.of(scores).start()).isIn(condition, logits);
    }

    @Test
    void insertedNodesReadActualInputs() {
        Graph body = new Graph("body");
        Ops inner = new Ops(body);
        Value formal = body.addInput("formal", null, null);
        Value absent = body.addInput("absent", null, null);
        Value two = body.addConstant("two", Tensor.scalar(2f));
        Node clip = inner.node("", "Clip", Map.of(), 1, formal, absent, two);
        body.addOutput(clip.output());
        Graph.Inserted made = graph.insert(body, List.of(x), reference -> null);
        assertThat(made.nodes()).hasSize(1);
        Node copy = made.nodes().get(0);
        assertThat(copy.graph()).isSameAs(graph);
        assertThat(copy.input(0)).isSameAs(x);
        assertThat(copy.input(1)).isNull();
        assertThat(copy.input(2).constant().scalarFloat()).isEqualTo(2);
        assertThat(made.outputs()).containsExactly(copy.output());
    }
}
