package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static dev.hone.explain.Vectors.explain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Captum's GradientShap on a small network; {@code captum_vectors.py} made network and vectors. */
class GradientShapTest {
    @ParameterizedTest
    @CsvSource({"plain,0", "plain,1", "plain,3", "plain,8", "noisy,0", "noisy,2", "noisy,5"})
    void equalsCaptumWhateverTheChunk(String example, int chunk) {
        Explanation e = explain(Vectors.classifier(), OPTIONS.withChunk(chunk), CaptumSamples.of(example));
        assertClose(e.attribution(), Vectors.of(example + "_attribution").floats(), 1e-4);
        assertClose(e.rowDeltas(), Vectors.of(example + "_delta").floats(), 1e-4);
    }

    @Test
    void reportsScoresExpectationAndAdditivityError() {
        Explanation e = explain(Vectors.classifier(), OPTIONS, CaptumSamples.of("plain"));
        float[] scores = Vectors.of("baseline_scores").floats();
        double expected = (scores[2] + scores[7] + scores[12] + scores[17]) / 4.0;
        assertThat((double) e.score()).isCloseTo(Vectors.of("scores").floats()[2], within(1e-5));
        assertThat((double) e.expected()).isCloseTo(expected, within(1e-5));
        double sum = 0;
        for (float a : Vectors.of("plain_attribution").floats()) {
            sum += a;
        }
        double difference = Vectors.of("scores").floats()[2] - expected;
        assertThat(e.additivityError()).isCloseTo(Math.abs(sum - difference) / Math.abs(difference), within(1e-3));
    }

    @Test
    void moreSamplesExplainMoreOfTheDifference() {
        double few = additivityError(2);
        double many = additivityError(400);
        assertThat(many).isLessThan(0.02).isLessThan(few / 5);
    }

    /** The mean of ten seeds. */
    private static double additivityError(int samples) {
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, OPTIONS)) {
            double sum = 0;
            for (int seed = 0; seed < 10; seed++) {
                sum += shap.explain(Vectors.image(), 2, PathSamples.seeded(seed, samples, 4, 0))
                        .additivityError();
            }
            return sum / 10;
        }
    }

    @Test
    void theSeedDecidesEverything() {
        SamplingOptions noisy = OPTIONS.withSamples(9).withNoise(0.1f).withSeed(7);
        float[] image = Vectors.image();
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap first = GradientShap.open(Vectors.classifier(), baselines, noisy.withChunk(4));
                GradientShap second = GradientShap.open(Vectors.classifier(), baselines, noisy.withChunk(9));
                GradientShap other = GradientShap.open(Vectors.classifier(), baselines, noisy.withSeed(8))) {
            Explanation expected = first.explain(image, 1);
            assertThat(first.explain(image, 1).attribution()).containsExactly(expected.attribution());
            assertClose(second.explain(image, 1).attribution(), expected.attribution(), 1e-6);
            assertThat(other.explain(image, 1).attribution()).isNotEqualTo(expected.attribution());
        }
    }

    /** Two rounds of 16 samples each: what the first drew is not counted twice. */
    @Test
    void everyRoundDrawsAnew() {
        SamplingOptions options = OPTIONS.withError(1e-9).withSamples(32);
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, options)) {
            float[] deltas = shap.explain(Vectors.image(), 2).rowDeltas();
            assertThat(deltas).hasSize(32);
            assertThat(Arrays.copyOfRange(deltas, 16, 32)).isNotEqualTo(Arrays.copyOf(deltas, 16));
        }
    }

    /** Ten samples of four baselines: some have three, and each of these counts less. A linear model misses nothing. */
    @Test
    void theDeltaOfASampleIsThatOfTheSampleItself() {
        Graph graph = new Graph("linear");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Ops ops = new Ops(graph);
        graph.addOutput(ops.matmul(x, ops.constant(Tensor.ofFloats(new float[] {3, -5}, 2, 1))));
        float[] values = {0, 0, 1, 2, 3, -1, 5, 5};
        try (NativeTensor baselines = NativeTensor.ofFloats(values, 4, 2);
                GradientShap shap = GradientShap.open(new Model(graph), baselines, OPTIONS.withSamples(10))) {
            for (float delta : shap.explain(new float[] {7, 2}, 0).rowDeltas()) {
                assertThat(delta).isCloseTo(0, within(1e-4f));
            }
        }
    }

    /** Whole, and cut behind the affine part, whose values at the baselines are kept. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void baselinesCanBeReplaced(int chunk) {
        float[] image = Vectors.image();
        try (NativeTensor black = NativeTensor.allocate(1, 1, 3, 16, 12);
                NativeTensor given = Vectors.baselines();
                NativeTensor small = NativeTensor.allocate(1, 1, 3, 8, 8);
                GradientShap shap = GradientShap.open(Vectors.classifier(), black, OPTIONS.withChunk(chunk))) {
            shap.replaceBaselines(given);
            assertClose(
                    shap.explain(image, 2, CaptumSamples.of("plain")).attribution(),
                    Vectors.of("plain_attribution").floats(),
                    1e-4);
            assertThatThrownBy(() -> shap.replaceBaselines(small)).hasMessageContaining("3 x 16 x 12");
        }
    }

    @Test
    void explainsTheClassOfTheHighestScore() {
        float[] scores = Vectors.of("scores").floats();
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, OPTIONS.withSamples(2))) {
            Explanation e = shap.explain(Vectors.image());
            for (float score : scores) {
                assertThat(scores[e.target()]).isGreaterThanOrEqualTo(score);
            }
            assertThat(e.perPixel()).hasSize(16 * 12);
        }
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        float[] image = Vectors.image();
        for (int form = 0; form < 4; form++) {
            float noise = form % 2 * 0.1f;
            SamplingOptions options =
                    OPTIONS.withSamples(37).withNoise(noise).withSeed(3).withChunk(form / 2);
            float[] expected = null;
            for (int threads : new int[] {1, 2, 5}) {
                try (NativeTensor baselines = Vectors.baselines();
                        GradientShap shap = GradientShap.open(
                                Vectors.classifier(),
                                baselines,
                                options.withSession(options.session().withThreads(threads)))) {
                    float[] found = shap.explain(image, 1).attribution();
                    expected = expected == null ? found : expected;
                    assertThat(found).as("%d threads, noise %s", threads, noise).containsExactly(expected);
                }
            }
        }
    }

    @Test
    void refusesBaselinesOfAnotherSize() {
        Model model = Vectors.classifier();
        try (NativeTensor small = NativeTensor.allocate(1, 2, 3, 8, 8)) {
            assertThatThrownBy(() -> GradientShap.open(model, small, OPTIONS))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("the baselines are 3 x 8 x 8")
                    .hasMessageContaining("16,12");
        }
    }

    @Test
    void refusesAnUnknownClassAndAnImageOfAnotherSize() {
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, OPTIONS)) {
            assertThatThrownBy(() -> shap.explain(Vectors.image(), 5))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("class 5")
                    .hasMessageContaining("0 to 4");
            assertThatThrownBy(() -> shap.explain(new float[10]))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("10 elements")
                    .hasMessageContaining("3 x 16 x 12");
        }
    }
}
