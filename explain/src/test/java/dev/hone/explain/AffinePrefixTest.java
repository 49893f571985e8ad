package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class AffinePrefixTest {
    /** The name of the end of a graph's affine part. */
    private static String end(BiFunction<Ops, Value, Value> build) {
        Graph graph = new Graph("test");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(2, 3, 4, 4));
        Ops ops = new Ops(graph);
        graph.addOutput(build.apply(ops, x));
        ShapeInference.run(graph);
        return AffinePrefix.end(x).name();
    }

    private static Value weights(Ops ops, long... dims) {
        return ops.constant(Tensor.filled(ElementType.FLOAT, 1, dims));
    }

    private static Value named(Value value, String name) {
        value.setName(name);
        return value;
    }

    @Test
    void reachesThroughNormalizationAndConvolution() {
        assertThat(end((ops, x) -> {
                    Value normalized = ops.div(ops.sub(x, ops.constant(2f)), ops.constant(3f));
                    Value stem = named(ops.op("Conv", normalized, weights(ops, 5, 3, 3, 3)), "stem");
                    return ops.op("Relu", stem);
                }))
                .isEqualTo("stem");
    }

    @Test
    void stopsWhereAValueFansOutOrIsAnOutput() {
        assertThat(end((ops, x) -> ops.add(ops.op("Relu", x), ops.mul(x, 2)))).isEqualTo("x");
        assertThat(end((ops, x) -> ops.mul(x, 2))).isEqualTo("x");
    }

    @Test
    void stopsWhereTheOutputIsNotAffineInTheValue() {
        assertThat(end((ops, x) -> ops.op("Relu", ops.div(ops.constant(1f), x))))
                .isEqualTo("x");
        assertThat(end((ops, x) -> ops.op("Relu", ops.mul(x, x)))).isEqualTo("x");
    }

    @Test
    void stopsWhereImagesOfABatchMeet() {
        assertThat(end((ops, x) -> ops.op("Relu", ops.op("MatMul", x, weights(ops, 2, 3, 4, 5)))))
                .isNotEqualTo("x");
        assertThat(end((ops, x) -> ops.op("Relu", ops.op("Transpose", Map.of("perm", new long[] {1, 0, 2, 3}), x))))
                .isEqualTo("x");
    }
}
