package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostRulesTest {
    private static final Dim N = Dim.symbol("N");

    private final Graph graph = new Graph("test");
    private final Ops ops = new Ops(graph);

    private Value input(ElementType type, Dim... dims) {
        return graph.addInput("x" + graph.inputs().size(), type, Shape.of(dims));
    }

    /**
     * Giga multiply-adds for one image and parameters as torchvision's documentation publishes them. In the exports batch
     * normalization is folded, which leaves one number per channel instead of two.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 1.814, 11689512",
        "resnet50, 4.089, 25557032",
        "mobilenet_v2, 0.301, 3504872",
        "mobilenet_v3_small, 0.057, 2542856",
        "efficientnet_b0, 0.386, 5288548",
        "lraspp, 2.086, 3221538"
    })
    void totalsAreThePublishedOnes(String name, double giga, double parameters, @TempDir Path folder)
            throws IOException {
        Graph network = Networks.load(folder).get(name).graph();
        ShapeInference.run(network);
        GraphCost cost = GraphCost.of(network);
        Cost one = cost.total().substitute(Map.of("N", Dim.ONE, "H", Dim.of(520), "W", Dim.of(520))::get);
        assertThat(one.multiplyAdds().constant() / 1e9).isCloseTo(giga, within(0.0006));
        assertThat((double) one.parameters().constant()).isCloseTo(parameters, Percentage.withPercentage(1));
        assertThat(cost.uncounted()).isEmpty();
        assertThat(cost.nodes()).hasSize(network.nodes().size());
    }

    @Test
    void convolutionsCountTapsPerOutput() {
        // 8 output channels in 2 groups of 3 input channels, 3 x 3, over 4 x 4 positions
        Value x = input(ElementType.FLOAT, N, Dim.of(6), Dim.of(6), Dim.of(6));
        Value w = graph.addConstant(Tensor.filled(ElementType.FLOAT, 1, 8, 3, 3, 3));
        Node conv = ops.op("Conv", Map.of("group", 2), x, w).producer();
        Cost cost = CostRules.of(conv);
        assertThat(cost.multiplyAdds()).isEqualTo(N.times(8 * 4 * 4 * 3 * 3 * 3));
        assertThat(cost.parameters()).isEqualTo(Dim.of(8 * 27));
        assertThat(cost.bytesRead()).isEqualTo(N.times(6 * 36 * 4).plus(8 * 27 * 4));
        assertThat(cost.bytesWritten()).isEqualTo(N.times(8 * 16 * 4));
        // The transposed convolution of the same kernel and the swapped sizes takes as many.
        Value z = input(ElementType.FLOAT, N, Dim.of(8), Dim.of(4), Dim.of(4));
        Node transposed = ops.op("ConvTranspose", Map.of("group", 2), z, w).producer();
        assertThat(transposed.output().shape()).isEqualTo(x.shape());
        assertThat(CostRules.of(transposed).multiplyAdds()).isEqualTo(cost.multiplyAdds());
    }

    @Test
    void productsCountRowsTimesColumnsTimesInner() {
        Value a = input(ElementType.FLOAT, N, Dim.of(2), Dim.of(3));
        Value b = input(ElementType.FLOAT, Dim.of(3), Dim.of(5));
        Dim expected = N.times(2 * 3 * 5);
        assertThat(multiplyAdds(ops.matmul(a, b))).isEqualTo(expected);
        assertThat(multiplyAdds(ops.op("Einsum", Map.of("equation", "nij,jk->nik"), a, b)))
                .isEqualTo(expected);
        Value t = input(ElementType.FLOAT, Dim.of(3), Dim.of(7));
        assertThat(multiplyAdds(ops.op("Gemm", Map.of("transA", 1), t, b))).isEqualTo(Dim.of(7 * 3 * 5));
    }

    @Test
    void recurrentLayersCountEachStep() {
        Value x = input(ElementType.FLOAT, Dim.of(10), N, Dim.of(4));
        Value w = input(ElementType.FLOAT, Dim.of(1), Dim.of(24), Dim.of(4));
        Value r = input(ElementType.FLOAT, Dim.of(1), Dim.of(24), Dim.of(6));
        Value y = ops.op("LSTM", Map.of("hidden_size", 6), x, w, r);
        assertThat(multiplyAdds(y)).isEqualTo(N.times(10 * 24 * (4 + 6)));
    }

    @Test
    void viewsMoveNothingAndSelectionsReadWhatTheyWrite() {
        Value x = input(ElementType.FLOAT, N, Dim.of(100), Dim.of(8));
        assertThat(CostRules.of(ops.reshape(x, 0, -1).producer())).isEqualTo(Cost.NONE);
        Cost slice = CostRules.of(ops.slice(x, 1, 0, 10, 1).producer());
        assertThat(slice.bytesWritten()).isEqualTo(N.times(10 * 8 * 4));
        assertThat(slice.bytesRead()).isEqualTo(N.times(10 * 8 * 4).plus(4 * 8));
        assertThat(CostRules.of(ops.add(x, x).producer()).bytesRead()).isEqualTo(N.times(100 * 8 * 4));
    }

    @Test
    void quantizedWeightsCountWithoutTheirScales() {
        Value w = graph.addConstant(Tensor.filled(ElementType.INT8, 1, 8, 3, 3, 3));
        Value scale = graph.addConstant(Tensor.filled(ElementType.FLOAT, 1, 8));
        Value zero = graph.addConstant(Tensor.filled(ElementType.INT8, 0, 8));
        Cost cost = CostRules.of(
                ops.op("DequantizeLinear", Map.of("axis", 0), w, scale, zero).producer());
        assertThat(cost.parameters()).isEqualTo(Dim.of(8 * 27));
        assertThat(cost.bytesRead()).isEqualTo(Dim.of(8 * 27 + 8 * 4 + 8));
    }

    @Test
    void sharedWeightsCountOnceAndUnknownOperatorsAreNamed() {
        Value x = input(ElementType.FLOAT, N, Dim.of(4));
        Value w = graph.addConstant(Tensor.filled(ElementType.FLOAT, 1, 4, 4));
        Value y = ops.matmul(ops.matmul(x, w), w);
        ops.node("some.domain", "Mystery", Map.of(), 1, y);
        GraphCost cost = GraphCost.of(graph);
        assertThat(cost.total().parameters()).isEqualTo(Dim.of(16));
        assertThat(cost.total().multiplyAdds()).isEqualTo(N.times(32));
        assertThat(cost.uncounted()).containsExactly("some.domain.Mystery");
    }

    private static Dim multiplyAdds(Value value) {
        return CostRules.of(value.producer()).multiplyAdds();
    }
}
