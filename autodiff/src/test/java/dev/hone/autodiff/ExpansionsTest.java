package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.autodiff.GraphRunner.Feed;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.expand.Expansions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Expansions compute what the runtime computes for the operator itself. */
class ExpansionsTest {
    static Stream<OperatorCase> cases() {
        OperatorCase lstm = RecurrentCases.lstm(1, OperatorCase.absent());
        return Stream.of(
                        AttentionAndNormCases.all(),
                        RecurrentCases.all(),
                        SamplingCases.all(),
                        RuntimeOperatorCases.all(),
                        List.of(
                                lstm.with("clip", 0.4f),
                                RecurrentCases.gru(2, OperatorCase.absent())
                                        .with("direction", "bidirectional")
                                        .with("clip", 0.4f),
                                RecurrentCases.withActivations(lstm, "HardSigmoid", "Tanh", "HardSigmoid")))
                .flatMap(List::stream)
                // The runtime takes such a mask in double only.
                .filter(test -> !test.toString().contains("short mask"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAreThoseOfTheOperator(OperatorCase test) {
        Graph graph = new Graph("test");
        Ops o = new Ops(graph);
        Random random = new Random(3);
        Map<String, Feed> feeds = new LinkedHashMap<>();
        List<Value> inputs = new ArrayList<>();
        for (OperatorCase.Input input : test.inputs()) {
            if (input.isVariable()) {
                String name = "x" + inputs.size();
                inputs.add(graph.addInput(name, ElementType.FLOAT, Shape.of(input.dims())));
                Tensor point =
                        Tensor.ofDoubles(input.draw(random), input.dims()).to(ElementType.FLOAT);
                feeds.put(name, new Feed(point.floats(), input.dims()));
            } else {
                inputs.add(input.constant() == null ? null : o.constant(input.constant()));
            }
        }
        Node node = test.node(o, inputs);
        List<Value> expanded = Expansions.of(node).expand(o, node);
        List<Value> all = new ArrayList<>(node.outputs());
        all.addAll(expanded.subList(0, node.outputs().size()));
        all.replaceAll(value -> value.type() == ElementType.FLOAT ? value : o.cast(value, ElementType.FLOAT));
        Map<Value, float[]> found = GraphRunner.run(graph, all, feeds);
        int count = node.outputs().size();
        for (int i = 0; i < count; i++) {
            assertThat(expanded.get(i).shape())
                    .as("shape of output " + i)
                    .isEqualTo(node.output(i).shape());
            assertThat(found.get(all.get(count + i)))
                    .as("output " + i)
                    .containsExactly(found.get(all.get(i)), org.assertj.core.data.Offset.offset(2e-5f));
        }
    }
}
