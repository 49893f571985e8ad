package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static dev.hone.explain.Vectors.explain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which models GradientSHAP takes, and what it says of others. */
class ModelFormsTest {
    private static Model ending(UnaryOperator<Model> change) {
        return change.apply(Vectors.classifier());
    }

    private static Model appended(Model model, String op, Map<String, ?> attributes) {
        Graph graph = model.graph();
        graph.setOutput(0, new Ops(graph).op(op, attributes, graph.outputs().get(0)));
        return model;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax", "Sigmoid", "Identity"})
    void explainsTheScoreBeforeTheFinalFunction(String op) {
        Map<String, ?> attributes = op.endsWith("max") ? Map.of("axis", 1) : Map.of();
        Model model = ending(m -> appended(m, op, attributes));
        Explanation e = explain(model, OPTIONS, CaptumSamples.of("plain"));
        assertClose(e.attribution(), Vectors.of("plain_attribution").floats(), 1e-4);
    }

    /** Over the images of a batch and not over classes: no probabilities, and of one image all are 1. */
    @Test
    void aSoftmaxOverAnotherAxisIsPartOfTheModel() {
        Model model = ending(m -> appended(m, "Softmax", Map.of("axis", 0)));
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(model, baselines, OPTIONS)) {
            assertThat(shap.scores(Vectors.image())).containsOnly(1);
        }
    }

    @Test
    void explainsProbabilitiesWhereAskedTo() {
        Model model = ending(m -> appended(m, "Softmax", Map.of("axis", 1)));
        Explanation e = explain(model, OPTIONS.withLogits(false).withSamples(200), PathSamples.seeded(1, 200, 4, 0));
        assertThat(e.score()).isBetween(0f, 1f);
        assertThat(e.additivityError()).isLessThan(0.1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void takesAModelOfFixedBatch(int batch) {
        Model model = Vectors.classifier();
        Value input = model.graph().inputs().get(0);
        input.setShape(Shape.of(batch, 3, 16, 12));
        Explanation e = explain(model, OPTIONS, CaptumSamples.of("plain"));
        assertClose(e.attribution(), Vectors.of("plain_attribution").floats(), 1e-4);
    }

    /** Without an affine part in front, nothing is shared between points. */
    @Test
    void takesAModelThatBeginsWithAnActivation() {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        List<Use> uses = List.copyOf(input.uses());
        // The image's values are above -100 and so is every point between it and a baseline: this changes nothing.
        Ops ops = new Ops(graph);
        Value same = ops.op("LeakyRelu", Map.of("alpha", 0.5f), ops.add(input, 100));
        Value back = ops.sub(same, ops.constant(100f));
        uses.forEach(use -> use.node().setInput(use.index(), back));
        graph.sort();
        Explanation e = explain(model, OPTIONS, CaptumSamples.of("plain"));
        assertClose(e.attribution(), Vectors.of("plain_attribution").floats(), 1e-4);
    }

    @Test
    void namesAnOperatorWithoutGradient() {
        Model model = ending(m -> {
            Graph graph = m.graph();
            Ops ops = new Ops(graph);
            Node quantize = ops.node(
                    "", "DynamicQuantizeLinear", Map.of(), 3, graph.outputs().get(0));
            Value y = ops.op("DequantizeLinear", quantize.outputs().toArray(Value[]::new));
            y.producer().setName("restore");
            graph.setOutput(0, y);
            return m;
        });
        try (NativeTensor baselines = Vectors.baselines()) {
            assertThatThrownBy(() -> GradientShap.open(model, baselines, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("DequantizeLinear 'restore'");
        }
    }

    @Test
    void refusesAModelThatIsNoImageClassifier() {
        Model model = ending(m -> {
            m.graph()
                    .setOutput(
                            0,
                            m.graph()
                                    .inputs()
                                    .get(0)
                                    .uses()
                                    .iterator()
                                    .next()
                                    .node()
                                    .output());
            return m;
        });
        try (NativeTensor baselines = Vectors.baselines()) {
            assertThatThrownBy(() -> GradientShap.open(model, baselines, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("expected scores [N,classes]");
        }
    }
}
