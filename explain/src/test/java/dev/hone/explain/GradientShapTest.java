package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Captum's GradientShap on a small network; {@code captum_vectors.py} made network and vectors. */
class GradientShapTest {
    private static final Graph VECTORS = read("captum_vectors.onnx").graph();
    private static final ExplainOptions OPTIONS = ExplainOptions.defaults()
            .withSession(ExplainOptions.defaults().session().withThreads(1));

    private static Model read(String name) {
        try (InputStream in = GradientShapTest.class.getResourceAsStream(name)) {
            return OnnxReader.read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tensor vector(String name) {
        return VECTORS.find(name).constant();
    }

    private static NativeTensor baselines() {
        Tensor tensor = vector("baselines");
        return NativeTensor.ofFloats(tensor.floats(), tensor.dims());
    }

    /** Captum's draws. */
    private record Given(long[] index, float[] alphas, float[] noise, boolean noisy) implements Draws {
        static Given of(String example) {
            return new Given(
                    vector(example + "_index").longs(),
                    vector(example + "_alpha").floats(),
                    vector(example + "_noise").floats(),
                    example.equals("noisy"));
        }

        @Override
        public int rows() {
            return index.length;
        }

        @Override
        public int baseline(int row) {
            return (int) index[row];
        }

        @Override
        public float alpha(int row) {
            return alphas[row];
        }

        @Override
        public void noise(int row, FloatBuffer to) {
            int each = noise.length / index.length;
            to.put(noise, row * each, each);
        }
    }

    private static Explanation explain(Model model, ExplainOptions options, Draws draws) {
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(model, baselines, options)) {
            return shap.explain(vector("image").floats(), 2, draws);
        }
    }

    private static void assertClose(float[] actual, float[] expected, double relative) {
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        assertThat(largest).isPositive();
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(relative * largest));
        }
    }

    // ---- Captum

    @ParameterizedTest
    @CsvSource({"plain,0", "plain,1", "plain,3", "plain,8", "noisy,0", "noisy,2", "noisy,5"})
    void equalsCaptumWhateverTheChunk(String example, int chunk) {
        Explanation e = explain(read("classifier.onnx"), OPTIONS.withChunk(chunk), Given.of(example));
        assertClose(e.attribution(), vector(example + "_attribution").floats(), 1e-4);
        assertClose(e.rowDeltas(), vector(example + "_delta").floats(), 1e-4);
    }

    @Test
    void reportsScoresExpectationAndAdditivityError() {
        Explanation e = explain(read("classifier.onnx"), OPTIONS, Given.of("plain"));
        float[] scores = vector("baseline_scores").floats();
        double expected = (scores[2] + scores[7] + scores[12] + scores[17]) / 4.0;
        assertThat((double) e.score()).isCloseTo(vector("scores").floats()[2], within(1e-5));
        assertThat((double) e.expected()).isCloseTo(expected, within(1e-5));
        double sum = 0;
        for (float a : vector("plain_attribution").floats()) {
            sum += a;
        }
        double difference = vector("scores").floats()[2] - expected;
        assertThat(e.additivityError()).isCloseTo(Math.abs(sum - difference) / Math.abs(difference), within(1e-3));
    }

    // ---- sampling

    @Test
    void moreSamplesExplainMoreOfTheDifference() {
        double few = additivityError(2);
        double many = additivityError(400);
        assertThat(many).isLessThan(0.02).isLessThan(few / 5);
    }

    /** The mean of ten seeds. */
    private static double additivityError(int samples) {
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(read("classifier.onnx"), baselines, OPTIONS)) {
            double sum = 0;
            for (int seed = 0; seed < 10; seed++) {
                sum += shap.explain(vector("image").floats(), 2, Draws.seeded(seed, samples, 4, 0))
                        .additivityError();
            }
            return sum / 10;
        }
    }

    @Test
    void theSeedDecidesEverything() {
        ExplainOptions noisy = OPTIONS.withSamples(9).withNoise(0.1f).withSeed(7);
        float[] image = vector("image").floats();
        try (NativeTensor baselines = baselines();
                GradientShap first = GradientShap.open(read("classifier.onnx"), baselines, noisy.withChunk(4));
                GradientShap second = GradientShap.open(read("classifier.onnx"), baselines, noisy.withChunk(9));
                GradientShap other = GradientShap.open(read("classifier.onnx"), baselines, noisy.withSeed(8))) {
            Explanation expected = first.explain(image, 1);
            assertThat(first.explain(image, 1).attribution()).containsExactly(expected.attribution());
            assertClose(second.explain(image, 1).attribution(), expected.attribution(), 1e-6);
            assertThat(other.explain(image, 1).attribution()).isNotEqualTo(expected.attribution());
        }
    }

    @Test
    void baselinesCanBeReplaced() {
        float[] image = vector("image").floats();
        try (NativeTensor black = NativeTensor.allocate(1, 1, 3, 16, 12);
                NativeTensor given = baselines();
                NativeTensor small = NativeTensor.allocate(1, 1, 3, 8, 8);
                GradientShap shap = GradientShap.open(read("classifier.onnx"), black, OPTIONS)) {
            shap.replaceBaselines(given);
            assertClose(
                    shap.explain(image, 2, Given.of("plain")).attribution(),
                    vector("plain_attribution").floats(),
                    1e-4);
            assertThatThrownBy(() -> shap.replaceBaselines(small)).hasMessageContaining("3 x 16 x 12");
        }
    }

    @Test
    void explainsTheClassOfTheHighestScore() {
        float[] scores = vector("scores").floats();
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(read("classifier.onnx"), baselines, OPTIONS.withSamples(2))) {
            Explanation e = shap.explain(vector("image").floats());
            for (float score : scores) {
                assertThat(scores[e.target()]).isGreaterThanOrEqualTo(score);
            }
            assertThat(e.perPixel()).hasSize(16 * 12);
        }
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        float[] image = vector("image").floats();
        for (int form = 0; form < 4; form++) {
            float noise = form % 2 * 0.1f;
            ExplainOptions options =
                    OPTIONS.withSamples(37).withNoise(noise).withSeed(3).withChunk(form / 2);
            float[] expected = null;
            for (int threads : new int[] {1, 2, 5}) {
                try (NativeTensor baselines = baselines();
                        GradientShap shap = GradientShap.open(
                                read("classifier.onnx"),
                                baselines,
                                options.withSession(options.session().withThreads(threads)))) {
                    float[] found = shap.explain(image, 1).attribution();
                    expected = expected == null ? found : expected;
                    assertThat(found).as("%d threads, noise %s", threads, noise).containsExactly(expected);
                }
            }
        }
    }

    // ---- several classes

    /** In one pass and each by itself; cut behind the affine part and whole; to an error too. */
    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "3,0", "0,0.1", "1,0.1"})
    void classesOfOnePassAreAsEachByItself(int chunk, double error) {
        float[] image = vector("image").floats();
        ExplainOptions options = OPTIONS.withChunk(chunk).withSamples(33).withSeed(5);
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(
                        read("classifier.onnx"), baselines, error > 0 ? options.withError(error) : options)) {
            List<Explanation> together = shap.explain(image, List.of(3, 0, 3, 1, 2, 4, 0, 1, 2, 3));
            assertThat(together).extracting(Explanation::target).containsExactly(3, 0, 3, 1, 2, 4, 0, 1, 2, 3);
            for (Explanation e : together.subList(0, 3)) {
                if (error == 0) {
                    Explanation alone = shap.explain(image, e.target());
                    assertClose(e.attribution(), alone.attribution(), 1e-6);
                    assertClose(e.rowDeltas(), alone.rowDeltas(), 1e-5);
                }
                assertThat(e.relativeError()).isLessThanOrEqualTo(error > 0 ? error : 1);
            }
            assertClose(together.get(2).attribution(), together.get(0).attribution(), 1e-6);
        }
    }

    // ---- forms of models

    private static Model ending(UnaryOperator<Model> change) {
        return change.apply(read("classifier.onnx"));
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
        Explanation e = explain(model, OPTIONS, Given.of("plain"));
        assertClose(e.attribution(), vector("plain_attribution").floats(), 1e-4);
    }

    @Test
    void explainsProbabilitiesWhereAskedTo() {
        Model model = ending(m -> appended(m, "Softmax", Map.of("axis", 1)));
        Explanation e = explain(model, OPTIONS.withLogits(false).withSamples(200), Draws.seeded(1, 200, 4, 0));
        assertThat(e.score()).isBetween(0f, 1f);
        assertThat(e.additivityError()).isLessThan(0.1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void takesAModelOfFixedBatch(int batch) {
        Model model = read("classifier.onnx");
        Value input = model.graph().inputs().get(0);
        input.setShape(Shape.of(batch, 3, 16, 12));
        Explanation e = explain(model, OPTIONS, Given.of("plain"));
        assertClose(e.attribution(), vector("plain_attribution").floats(), 1e-4);
    }

    /** Without an affine part in front, nothing is shared between points. */
    @Test
    void takesAModelThatBeginsWithAnActivation() {
        Model model = read("classifier.onnx");
        Graph graph = model.graph();
        Value input = graph.inputs().get(0);
        List<Use> uses = List.copyOf(input.uses());
        // The image's values are above -100 and so is every point between it and a baseline: this changes nothing.
        Ops ops = new Ops(graph);
        Value same = ops.op("LeakyRelu", Map.of("alpha", 0.5f), ops.add(input, 100));
        Value back = ops.sub(same, ops.constant(100f));
        uses.forEach(use -> use.node().setInput(use.index(), back));
        graph.sort();
        Explanation e = explain(model, OPTIONS, Given.of("plain"));
        assertClose(e.attribution(), vector("plain_attribution").floats(), 1e-4);
    }

    // ---- errors

    @Test
    void refusesBaselinesOfAnotherSize() {
        Model model = read("classifier.onnx");
        try (NativeTensor small = NativeTensor.allocate(1, 2, 3, 8, 8)) {
            assertThatThrownBy(() -> GradientShap.open(model, small, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("the baselines are 3 x 8 x 8")
                    .hasMessageContaining("16,12");
        }
    }

    @Test
    void refusesAnUnknownClassAndAnImageOfAnotherSize() {
        try (NativeTensor baselines = baselines();
                GradientShap shap = GradientShap.open(read("classifier.onnx"), baselines, OPTIONS)) {
            assertThatThrownBy(() -> shap.explain(vector("image").floats(), 5))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("class 5")
                    .hasMessageContaining("0 to 4");
            assertThatThrownBy(() -> shap.explain(new float[10]))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("10 elements")
                    .hasMessageContaining("3 x 16 x 12");
        }
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
        try (NativeTensor baselines = baselines()) {
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
        try (NativeTensor baselines = baselines()) {
            assertThatThrownBy(() -> GradientShap.open(model, baselines, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("expected scores [N,classes]");
        }
    }
}
