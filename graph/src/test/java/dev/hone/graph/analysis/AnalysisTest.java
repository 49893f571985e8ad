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

/** A small residual network: a stem, two blocks, pooling, a head with its bias apart, and a softmax. */
class AnalysisTest {
    private final Graph graph = new Graph("net");
    private final Ops ops = new Ops(graph);
    private final Value image = graph.addInput("image", ElementType.FLOAT, Shape.of(1, 3, 8, 8));
    private final Value mean = constant("mean", 1, 3, 1, 1);
    private final Value stem = relu("stem", conv("stem", ops.sub(image, mean)));
    private final Value first = block("first", stem);
    private final Value second = block("second", first);
    private final Value pooled = ops.op("GlobalAveragePool", second);
    private final Value features = ops.op("Flatten", pooled);
    private final Value product = ops.matmul(features, constant("head.weight", 3, 5));
    private final Value logits = ops.add(product, constant("head.bias", 5));
    private final Value scores = ops.op("Softmax", logits);

    AnalysisTest() {
        graph.addOutput(scores);
    }

    private Value constant(String name, long... dims) {
        return graph.addConstant(name, Tensor.filled(ElementType.FLOAT, 0.5, dims));
    }

    private Value conv(String name, Value x) {
        return ops.op("Conv", Map.of("pads", new long[] {1, 1, 1, 1}), x, constant(name + ".weight", 3, 3, 3, 3));
    }

    private Value relu(String name, Value x) {
        Value y = ops.op("Relu", x);
        y.setName(name);
        return y;
    }

    private Value block(String name, Value x) {
        return relu(name, ops.add(conv(name + ".2", relu(name + ".r", conv(name + ".1", x))), x));
    }

    @Test
    void headIsTheLastLinearLayer() {
        Head head = Head.of(scores);
        assertThat(head.layer()).isSameAs(product.producer());
        assertThat(head.features()).isSameAs(features);
        assertThat(head.weights().name()).isEqualTo("head.weight");
        assertThat(head.behind()).extracting(Node::op).containsExactly("Softmax", "Add");
        assertThat(ScoreLink.behind(graph.outputs().get(0)).logits()).isSameAs(logits);
        assertThat(Head.of(image).layer()).isNull();
        assertThat(Head.of(image).start()).isSameAs(image);
        assertThat(Head.of(ops.op("Relu", mean)).start()).isNull();
    }

    @Test
    void lastFeatureMapsAreThoseBeforePooling() {
        assertThat(FeatureMaps.last(graph)).isSameAs(second);
        Graph rows = new Graph("rows");
        rows.addOutput(new Ops(rows).op("Relu", rows.addInput("x", ElementType.FLOAT, Shape.of(2, 3))));
        assertThat(FeatureMaps.last(rows)).isNull();
    }

    @Test
    void mapsThatAreTransposedAreNoLongerMaps() {
        Value tokens = ops.transpose(second, 0, 2, 3, 1);
        graph.addOutput(ops.op("Relu", tokens));
        assertThat(FeatureMaps.last(graph)).isSameAs(second);
    }

    @Test
    void blocksAreTheStagesBetweenSingleValues() {
        List<Segment> blocks = Blocks.of(graph);
        assertThat(blocks)
                .extracting(s -> s.out().name())
                .containsExactly("stem", "first", features.name(), scores.name());
        assertThat(blocks.stream().mapToInt(s -> s.nodes().size()).sum())
                .isEqualTo(graph.nodes().size());
    }

    @Test
    void weightsAreWhatWasLearned() {
        assertThat(Weights.learned(graph, node -> true))
                .extracting(Value::name)
                .containsExactly(
                        "stem.weight",
                        "first.1.weight",
                        "first.2.weight",
                        "second.1.weight",
                        "second.2.weight",
                        "head.weight",
                        "head.bias");
        assertThat(Weights.learned(graph, node -> !node.is("MatMul") && !node.is("Add")))
                .extracting(Value::name)
                .doesNotContain("head.weight", "head.bias", "mean");
        assertThat(Weights.kernels(graph))
                .extracting(Value::name)
                .containsExactly(
                        "head.weight",
                        "second.2.weight",
                        "second.1.weight",
                        "first.2.weight",
                        "first.1.weight",
                        "stem.weight");
    }

    @Test
    void tablesAndWhatIsAddedBehindThemAreWeights() {
        Graph text = new Graph("text");
        Ops o = new Ops(text);
        Value tokens = text.addInput("tokens", ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.of(4)));
        Value table = text.addConstant("table", Tensor.filled(ElementType.FLOAT, 1, 10, 6));
        Value positions = text.addConstant("positions", Tensor.filled(ElementType.FLOAT, 1, 4, 6));
        Value one = text.addConstant("one", Tensor.filled(ElementType.FLOAT, 1, 1));
        text.addOutput(o.mul(o.add(o.op("Gather", table, tokens), positions), one));
        assertThat(Weights.learned(text, node -> true)).containsExactly(table, positions);
    }
}
