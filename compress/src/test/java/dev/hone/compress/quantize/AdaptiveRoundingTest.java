package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer by layer, what the stock runtime computes with the rounded weights in the place of the float ones. */
class AdaptiveRoundingTest {
    private static final QuantizerOptions OPTIONS =
            QuantizerOptions.defaults().withCorrectBias(false).withAdaptiveRounding(true);

    @ParameterizedTest
    @ValueSource(strings = {"residual", "inverted residual", "branches", "shuffle", "matrices"})
    void everyLayerComesCloserToFloatThanByNearest(String pattern) {
        Model prepared = Quantizer.prepare(TestNets.of(pattern));
        Plan plan = Plan.of(prepared.graph(), OPTIONS);
        try (NativeTensor images = TestNets.images(24, 1)) {
            List<NativeTensor> batches = List.of(images);
            Map<String, Tensor> rounded = AdaptiveRounding.solve(
                    prepared, plan, CalibrationFeeds.of("x", CalibrationData.of(batches)), OPTIONS, Progress.NONE);
            assertThat(rounded).isNotEmpty();
            for (Node layer : plan.kernels()) {
                Tensor adaptive = rounded.get(layer.output().name());
                if (adaptive == null) {
                    continue;
                }
                QuantizedWeights nearest = QuantizedWeights.of(layer, 1, OPTIONS.reduceRange());
                List<float[]> exact = with(prepared, layer, layer.input(1).constant(), batches);
                double before = Sensitivity.decibels(exact, with(prepared, layer, means(nearest), batches));
                double after = Sensitivity.decibels(exact, with(prepared, layer, adaptive, batches));
                assertThat(after).as(layer.label()).isGreaterThan(before);
            }
        }
    }

    private static Tensor means(QuantizedWeights weights) {
        Tensor values = weights.values();
        float[] means = new float[Math.toIntExact(values.count())];
        byte[] levels = new byte[means.length];
        values.buffer().get(levels);
        int inner = 1;
        for (int axis = weights.axis() + 1; axis < values.rank(); axis++) {
            inner *= (int) values.dim(axis);
        }
        for (int i = 0; i < means.length; i++) {
            means[i] = levels[i] * weights.steps()[i / inner % weights.steps().length];
        }
        return Tensor.ofFloats(means, values.dims());
    }

    /** What the layer itself returns with these weights. */
    private static List<float[]> with(Model prepared, Node layer, Tensor weights, List<NativeTensor> batches) {
        Model copy = prepared.copy();
        Node same = copy.graph().find(layer.output().name()).producer();
        same.setInput(1, copy.graph().addConstant(weights));
        copy.graph().removeOutput(0);
        copy.graph().addOutput(same.output());
        return Sensitivity.outputs(
                copy, batches.stream().map(batch -> Map.of("x", batch)).toList(), SessionOptions.defaults());
    }
}
