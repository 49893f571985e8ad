package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.LayerSensitivity;
import dev.hone.compress.Metric;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.runtime.NativeTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccuracyAwareQuantizationTest {
    private final NativeTensor images = TestNets.images(8, 1);
    private final CalibrationData data = CalibrationData.of(List.of(images));

    @AfterEach
    void close() {
        images.close();
    }

    private QuantizationResult quantize(Model model) {
        return Quantizer.quantize(model, data, QuantizerOptions.defaults().withReduceRange(false), Progress.NONE);
    }

    private static int inFloat(Model model) {
        return (int) model.graph().nodes().stream()
                .filter(n -> n.is("Conv") || n.is("Gemm"))
                .filter(n -> n.input(1).isConstant())
                .count();
    }

    /** A model is worth 100 less what it loses by its layers in INT8, all alike. */
    private static Metric losing(double perLayer, List<Integer> asked) {
        return model -> {
            int layers = (int) model.graph().nodes().stream()
                    .filter(n -> n.is("Conv") || n.is("Gemm"))
                    .count();
            asked.add(inFloat(model));
            return 100 - perLayer * (layers - inFloat(model));
        };
    }

    @Test
    void returnsTheFewestLayersThatHoldTheGoal() {
        QuantizationResult start = quantize(TestNets.of("residual"));
        int layers = start.origin().layers().size();
        assertThat(layers).isEqualTo(5);
        for (int allowed = 0; allowed < layers; allowed++) {
            List<Integer> asked = new ArrayList<>();
            AccuracyAwareQuantization.Outcome outcome =
                    AccuracyAwareQuantization.search(start, losing(1, asked), allowed, data, Progress.NONE);
            int integers = Math.max(1, allowed);
            assertThat(outcome.accuracy().fallback()).hasSize(layers - integers);
            assertThat(inFloat(outcome.quantization().model())).isEqualTo(layers - integers);
            assertThat(outcome.accuracy().isMet()).isEqualTo(allowed > 0);
            assertThat(outcome.accuracy().summary())
                    .startsWith(allowed > 0 ? "accuracy goal met" : "accuracy goal missed");
            assertThat(outcome.accuracy().points()).isEqualTo(100 - integers);
            assertThat(outcome.quantization().left().values())
                    .hasSize(layers - integers)
                    .allMatch(reason -> reason.equals("kept in FP32 for accuracy"));
            // Float, each number of layers returned once, each layer alone.
            assertThat(asked).hasSize(1 + outcome.accuracy().evaluations() + layers);
        }
    }

    @Test
    void leavesAModelThatHoldsTheGoalAsItIs() {
        QuantizationResult start = quantize(TestNets.of("residual"));
        AccuracyAwareQuantization.Outcome outcome =
                AccuracyAwareQuantization.search(start, losing(1, new ArrayList<>()), 5, data, Progress.NONE);
        assertThat(outcome.quantization()).isSameAs(start);
        assertThat(outcome.accuracy().evaluations()).isEqualTo(1);
        assertThatThrownBy(() -> AccuracyAwareQuantization.search(start, m -> 0, -1, data, Progress.NONE))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("expected 0 or more");
    }

    /** One output channel of huge weights in one layer hides the others of the layer behind it. */
    @Test
    void theLayerWithAnOutlierReturnsFirst() {
        Model model = TestNets.of("residual");
        List<Node> convs =
                model.graph().nodes().stream().filter(n -> n.is("Conv")).toList();
        Node broken = convs.get(2);
        float[] weights = broken.input(1).constant().floats();
        for (int channel = 0; channel < 16; channel++) {
            weights[channel * 16 * 9] = 60;
        }
        broken.input(1)
                .setConstant(Tensor.ofFloats(weights, broken.input(1).constant().dims()));
        QuantizationResult start = quantize(model);
        try (Samples samples = Samples.of(CalibrationFeeds.of(model, data), 4, model)) {
            assertThat(samples.batches()).hasSize(1);
            assertThat(samples.batches().get(0).get("x").dims()[0]).isEqualTo(4);
            Metric metric = losing(2, new ArrayList<>());
            List<LayerSensitivity> found =
                    Sensitivity.measure(start.origin(), samples.batches(), metric, 100, Progress.NONE);
            assertThat(found).hasSize(5).allMatch(s -> s.lost() == 2);
            assertThat(found.get(0).layer()).isEqualTo(broken.output().name());
            assertThat(found).isSortedAccordingTo((a, b) -> Double.compare(a.decibels(), b.decibels()));
        }
    }

    @Test
    void decibelsAreThoseOfTheDefinition() {
        List<float[]> expected = List.of(new float[] {3, 4}, new float[] {5});
        assertThat(Sensitivity.decibels(expected, List.of(new float[] {3, 4.5f}, new float[] {5.5f})))
                .isEqualTo(10 * Math.log10(50 / 0.5));
        assertThat(Sensitivity.decibels(expected, expected)).isInfinite();
    }
}
