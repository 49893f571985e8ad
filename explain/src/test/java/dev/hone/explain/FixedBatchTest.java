package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that take so many images at a time and share something among them, as a range of dynamic quantization. */
class FixedBatchTest {
    private static final float[] IMAGE = {1, 2, 3, 4, 5, 6, 7, 8, 9};

    /** The scores 1 and 2 times the mean of what a convolution makes of the image, over the mean of the whole batch. */
    private static Model model() {
        Graph graph = new Graph("shared");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(4, 1, 3, 3));
        Value maps = ops.op("Conv", x, ops.constant(Tensor.ofFloats(new float[] {2}, 1, 1, 1, 1)));
        Value shared = ops.div(maps, ops.reduceMean(x, true, 0, 1, 2, 3));
        Value mean = ops.op("Flatten", ops.op("GlobalAveragePool", shared));
        graph.addOutput(ops.matmul(mean, ops.constant(Tensor.ofFloats(new float[] {1, 2}, 1, 2))));
        return new Model(graph);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gradient-shap", "integrated-gradients", "occlusion", "rise", "grad-cam"})
    void theScoreIsThatOfABatchOfTheSameImage(String method) {
        MethodOptions options = MethodOptions.of(SamplingOptions.defaults().withSamples(8));
        try (NativeTensor baselines = NativeTensor.ofFloats(IMAGE, 1, 1, 3, 3);
                Attributor attributor = Method.of(method).open(model(), baselines, options)) {
            assertThat(attributor.scores(IMAGE)).containsExactly(new float[] {2, 4}, Offset.offset(1e-6f));
            assertThat(attributor.explain(IMAGE, 1).score()).isCloseTo(4, Offset.offset(1e-6f));
        }
    }

    @Test
    void soAreTheFeatures() {
        try (NativeTensor example = NativeTensor.allocate(1, 1, 1, 3, 3);
                ModelFeatures features = ModelFeatures.open(model(), example, SamplingOptions.defaults())) {
            assertThat(features.of(IMAGE)).containsExactly(new float[] {2}, Offset.offset(1e-6f));
        }
    }
}
