package dev.hone.graph.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole networks as PyTorch exports them are in the tests of backbones. */
class FeaturePyramidTest {
    private final Graph graph = new Graph("net");
    private final Ops ops = new Ops(graph);
    private final Value image = graph.addInput(
            "image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.symbol("H"), Dim.symbol("W")));

    private Value conv(Value x, int out, int kernel, int stride) {
        long in = x.shape().size(1);
        long p = kernel / 2;
        return ops.op(
                "Conv",
                Map.of("strides", new long[] {stride, stride}, "pads", new long[] {p, p, p, p}),
                x,
                ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, out, in, kernel, kernel)));
    }

    private Value relu(Value x, String name) {
        Value y = ops.op("Relu", x);
        y.setName(name);
        return y;
    }

    /** The second convolution reads one place in two; the shortcut does too. */
    private Value stage(Value x, int out, String name) {
        Value inner = relu(conv(x, out, 3, 1), name + ".inner");
        return relu(ops.add(conv(inner, out, 3, 2), conv(x, out, 1, 2)), name);
    }

    private void classifier(Value x) {
        Value features = ops.op("Flatten", ops.op("GlobalAveragePool", x));
        graph.addOutput(ops.matmul(
                features,
                ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, x.shape().size(1), 2))));
    }

    private List<String> found() {
        return FeaturePyramid.of(graph, image).stream()
                .map(level -> level.map().name() + " " + level.stride())
                .toList();
    }

    @Test
    void insidesOfBlocksAreNoEndsOfStages() {
        Value stem = relu(conv(image, 4, 3, 2), "stem");
        classifier(stage(stage(stem, 6, "first"), 8, "second"));
        assertThat(found()).containsExactly("stem 2", "first 4", "second 8");
    }

    @Test
    void oddStridesAndMissingPadsAreExact() {
        Value patches = ops.op(
                "Conv",
                Map.of("strides", new long[] {7, 7}),
                image,
                ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, 4, 3, 9, 9)));
        patches.setName("patches");
        classifier(relu(conv(patches, 4, 3, 2), "end"));
        assertThat(found()).containsExactly("patches 7", "end 14");
    }

    @Test
    void gatesNecksAndDecodersAreLeftOut() {
        Value fine = stage(image, 4, "fine");
        Value raw = stage(fine, 6, "raw");
        Value gate = ops.op("Sigmoid", conv(ops.op("GlobalAveragePool", raw), 6, 1, 1));
        Value coarse = ops.mul(raw, gate);
        coarse.setName("coarse");
        Value neck = conv(coarse, 4, 1, 1);
        neck.setName("neck");
        Value up = ops.op(
                "Resize",
                Map.of("mode", "nearest"),
                neck,
                null,
                ops.constant(Tensor.ofFloats(new float[] {1, 1, 2, 2}, 4)));
        graph.addOutput(conv(ops.add(conv(fine, 4, 1, 1), up), 1, 3, 1));
        // The neck at the coarsest stride is on the path to itself; nothing of the decoder is.
        assertThat(found()).containsExactly("fine 2", "neck 4");
    }

    @Test
    void mapsOfClassScoresAreTheHead() {
        Value end = relu(conv(image, 4, 3, 2), "end");
        Value scores = relu(conv(end, 10, 1, 1), "scores");
        graph.addOutput(ops.op("Flatten", ops.op("GlobalAveragePool", scores)));
        assertThat(found()).containsExactly("end 2");
    }

    @Test
    void tokensAreNoMaps() {
        Value patches = conv(image, 4, 1, 8);
        Value tokens = ops.transpose(ops.op("Reshape", patches, ops.vector(0, 4, -1)), 0, 2, 1);
        for (int i = 0; i < 3; i++) {
            tokens = ops.matmul(tokens, ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, 4, 4)));
        }
        graph.addOutput(ops.reduceMean(tokens, false, 1));
        assertThat(found()).isEmpty();
    }

    @Test
    void axesInAnotherOrderAreNoMaps() {
        Value end = relu(conv(image, 4, 3, 2), "end");
        Value last = ops.op("Relu", ops.transpose(end, 0, 2, 3, 1));
        graph.addOutput(last);
        assertThat(found()).containsExactly("end 2");
        assertThat(FeaturePyramid.stride(image, last)).isEmpty();
    }

    /** Networks that read lines of text halve the height more often than the width. */
    @Test
    void stridesThatDifferAreNoMaps() {
        Value end = relu(conv(image, 4, 3, 2), "end");
        Value kernel = ops.constant(Tensor.filled(ElementType.FLOAT, 0.1, 4, 4, 1, 1));
        classifier(ops.op("Conv", Map.of("strides", new long[] {2, 1}), end, kernel));
        assertThat(found()).containsExactly("end 2");
    }
}
