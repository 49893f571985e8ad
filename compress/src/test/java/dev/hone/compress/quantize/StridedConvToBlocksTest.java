package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Match;
import dev.hone.testkit.SameOutputs;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StridedConvToBlocksTest {
    private static Model model(int channels, int height, int width, int kernel, long[] pads, int stride) {
        Graph graph = new Graph("first");
        Value x = graph.addInput(
                "x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(channels), Dim.of(height), Dim.of(width)));
        Random random = new Random(2);
        float[] weights = new float[5 * channels * kernel * kernel];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        Ops ops = new Ops(graph);
        Map<String, Object> attributes = Map.of("pads", pads, "strides", new long[] {stride, stride});
        Value w = ops.constant(Tensor.ofFloats(weights, 5, channels, kernel, kernel));
        graph.addOutput(ops.op("Conv", attributes, x, w, ops.constant(Tensor.ofFloats(new float[5], 5))));
        return new Model(graph);
    }

    private static Node conv(Model model) {
        return model.graph().nodes().stream()
                .filter(n -> n.is("Conv"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "3, 12, 16, 3, 1 1 1 1",
        "3, 12, 16, 7, 3 3 3 3",
        "1, 10, 10, 5, 2 2 2 2",
        "4, 8, 8, 2, 0 0 0 0",
        "3, 8, 8, 3, 0 0 1 1",
        "3, 8, 8, 3, 1 0 0 1",
        "1, 8, 12, 4, 1 2 1 0",
        "2, 8, 8, 1, 0 0 0 0",
    })
    void computesTheSame(int channels, int height, int width, int kernel, String pads) {
        long[] four = java.util.Arrays.stream(pads.split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        Model model = model(channels, height, width, kernel, four, 2);
        byte[] before = OnnxWriter.toBytes(model);
        Match match = new StridedConvToBlocks().match(conv(model));
        assertThat(match).isInstanceOf(Match.Found.class);
        ((Match.Found) match).rewrite().run();
        assertThat(conv(model).input(1).shape().size(1)).isEqualTo(4L * channels);
        assertThat(conv(model).intsAttribute("strides")).isNull();
        SameOutputs.check(before, OnnxWriter.toBytes(model), 1, 1e-5);
    }

    @ParameterizedTest
    @CsvSource({
        "3, 11, 16, 3, 1, 2, not known or not even",
        "8, 12, 16, 3, 1, 2, more than 4 input channels",
        "3, 12, 16, 3, 1, 1, its stride is not 2",
    })
    void declines(int channels, int height, int width, int kernel, int pad, int stride, String reason) {
        Model model = model(channels, height, width, kernel, new long[] {pad, pad, pad, pad}, stride);
        Match match = new StridedConvToBlocks().match(conv(model));
        assertThat(match).isInstanceOf(Match.Declined.class);
        assertThat(((Match.Declined) match).reason()).contains(reason);
    }
}
