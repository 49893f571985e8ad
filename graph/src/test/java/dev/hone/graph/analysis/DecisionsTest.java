package dev.hone.graph.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private final Graph graph = new Graph("test");
    private final Ops o = new Ops(graph);
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)));

    private void branch(Value condition) {
        Node node = graph.addNode("", "If", List.of(condition));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            node.set(name, body);
            body.addOutput(new Ops(body).op("Relu", x));
        }
        graph.addOutput(node.addOutput("y"));
    }

    private void loop(boolean stops) {
        Node node = graph.addNode(
                "",
                "Loop",
                List.of(o.constant(Tensor.scalar(3L)), o.constant(Tensor.ofBools(new boolean[] {true})), x));
        Graph body = new Graph("body");
        node.set("body", body);
        Ops b = new Ops(body);
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        Value go = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
        Value state = body.addInput("state", ElementType.FLOAT, null);
        Value sum = b.op("ReduceSum", Map.of("keepdims", 0), state);
        body.addOutput(stops ? b.op("Less", sum, b.constant(5f)) : b.op("Identity", go));
        body.addOutput(b.mul(state, 2));
        graph.addOutput(node.addOutput("y"));
    }

    @Test
    void aConditionOfTheDataDecides() {
        branch(o.op("Greater", o.op("ReduceSum", Map.of("keepdims", 0), x), o.constant(0f)));
        assertThat(Decisions.dependOnData(graph)).isTrue();
    }

    @Test
    void aConditionOfSizesDoesNot() {
        branch(o.op("Greater", o.op("Size", x), o.constant(Tensor.scalar(100L))));
        assertThat(Decisions.dependOnData(graph)).isFalse();
    }

    @Test
    void aLoopThatStopsByItsStateDecides() {
        loop(true);
        assertThat(Decisions.dependOnData(graph)).isTrue();
    }

    @Test
    void aLoopOfSoManyStepsDoesNot() {
        loop(false);
        assertThat(Decisions.dependOnData(graph)).isFalse();
    }
}
