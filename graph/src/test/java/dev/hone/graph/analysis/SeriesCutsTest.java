package dev.hone.graph.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesCutsTest {
    private final Graph graph = new Graph("net");
    private final Ops ops = new Ops(graph);
    private final Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1, 4));

    private Value named(String name, Value value) {
        value.setName(name);
        return value;
    }

    private List<Segment> cut(int fewest) {
        return SeriesCuts.of(graph, x, v -> true, n -> true, fewest);
    }

    /** x -> a -> (b, c) -> d = b + c + a -> e: what lies between a and d stays together. */
    @Test
    void neverCutsThroughABranch() {
        Value a = named("a", ops.op("Relu", x));
        Value b = named("b", ops.op("Relu", a));
        Value c = named("c", ops.op("Sigmoid", a));
        Value d = named("d", ops.add(named("bc", ops.add(b, c)), a));
        graph.addOutput(named("e", ops.op("Relu", d)));
        assertThat(cut(1)).extracting(s -> s.out().name()).containsExactly("a", "d", "e");
        assertThat(cut(1)).extracting(s -> s.nodes().size()).containsExactly(1, 4, 1);
        assertThat(cut(1)).extracting(s -> s.in().name()).containsExactly("x", "a", "d");
        assertThat(cut(2)).extracting(s -> s.out().name()).containsExactly("d", "e");
    }

    @Test
    void doesNotCutWhereTheInputIsStillRead() {
        Value a = named("a", ops.op("Relu", x));
        Value b = named("b", ops.op("Relu", a));
        graph.addOutput(named("c", ops.add(b, x)));
        assertThat(cut(1)).hasSize(1);
    }

    @Test
    void keepsOutputsOnTheWay() {
        Value a = named("a", ops.op("Relu", x));
        graph.addOutput(named("end", ops.op("Sigmoid", a)));
        graph.addOutput(named("early", ops.op("Tanh", x)));
        graph.sort();
        List<Segment> segments = cut(1);
        assertThat(segments.stream().mapToInt(s -> s.nodes().size()).sum()).isEqualTo(3);
        assertThat(segments.get(segments.size() - 1).out().name()).isEqualTo("end");
        assertThat(segments)
                .flatExtracting(Segment::outputs)
                .extracting(Value::name)
                .containsExactly("early");
    }

    @Test
    void cutsOnlyWhereItMay() {
        Value a = named("a", ops.op("Relu", x));
        Value b = named("b", ops.op("Relu", a));
        graph.addOutput(named("c", ops.op("Relu", b)));
        List<Segment> segments = SeriesCuts.of(graph, x, v -> v.name().equals("b"), n -> true, 1);
        assertThat(segments).extracting(s -> s.out().name()).containsExactly("b", "c");
        assertThat(segments)
                .flatExtracting(Segment::nodes)
                .extracting(Node::output)
                .containsExactly(a, b, graph.outputs().get(0));
    }

    /** What a branch reads from outside counts as read by the If: at b, a is still to be read. */
    @Test
    void controlFlowStandsAlone() {
        Value a = named("a", ops.op("Relu", x));
        Value b = named("b", ops.op("Sigmoid", a));
        Graph then = new Graph("then");
        then.addOutput(new Ops(then).op("Neg", a));
        Graph otherwise = new Graph("else");
        otherwise.addOutput(new Ops(otherwise).op("Exp", b));
        Value condition = graph.addInput("condition", ElementType.BOOL, Shape.SCALAR);
        Value y = named("y", ops.op("If", Map.of("then_branch", then, "else_branch", otherwise), condition));
        Value c = named("c", ops.op("Relu", y));
        graph.addOutput(named("d", ops.op("Relu", c)));
        List<Segment> segments = SeriesCuts.of(graph, x, v -> v == c, n -> true, 9);
        assertThat(segments).extracting(s -> s.out().name()).containsExactly("a", "y", "d");
        assertThat(segments).extracting(Segment::isFixed).containsExactly(false, true, false);
        assertThat(segments.get(1).nodes()).extracting(Node::op).containsExactly("Sigmoid", "If");
    }
}
