package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassesTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void everyPassHasANameAndADescription() {
        assertThat(Passes.all())
                .extracting(Pass::name)
                .doesNotHaveDuplicates()
                .contains("standard", "inference", "fold-pad");
        assertThat(Passes.all()).allSatisfy(p -> assertThat(p.description()).endsWith("."));
        assertThat(Passes.named("fold-affine-into-conv").name()).isEqualTo("fold-affine-into-conv");
    }

    @Test
    void unknownNamesAreReportedWithTheKnownOnes() {
        assertThatThrownBy(() -> Passes.named("polish"))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("polish")
                .hasMessageContaining("remove-dead-code");
    }

    @Test
    void olderOpsetsAreRejected() {
        Model model = new Model(r.graph());
        model.opsets().put("", 17L);
        assertThatThrownBy(() -> Passes.standard().run(model))
                .hasMessageContaining("17")
                .hasMessageContaining("21");
    }

    /** A residual network with an inverted bottleneck, as written by exporters. */
    private void network() {
        Value x = ops.div(ops.sub(r.batchInput("x", 3, 9, 9), r.positive(1, 3, 1, 1)), r.positive(1, 3, 1, 1));
        Value stem = ops.op("Relu", convolved(x, 8, 3, 3, 1));
        Value wide = ops.op("Clip", convolved(stem, 16, 8, 1, 1), ops.constant(0f), ops.constant(6f));
        Value deep = ops.op("Clip", convolved(wide, 16, 1, 3, 16), ops.constant(0f), ops.constant(6f));
        Value sum = ops.add(stem, convolved(deep, 8, 16, 1, 1));
        Value pooled = ops.op("Dropout", ops.reduceMean(ops.op("Identity", r.batchNorm(sum, 8)), false, 2, 3));
        Value flat = ops.op(
                "Reshape",
                pooled,
                ops.op("Concat", Map.of("axis", 0), ops.op("Shape", Map.of("end", 1), pooled), ops.vector(-1)));
        r.output(ops.add(ops.matmul(flat, ops.transpose(r.weights(5, 8), 1, 0)), r.weights(5)), "scores");
    }

    private Value convolved(Value x, int outputs, int inputs, int kernel, int group) {
        long pad = kernel / 2;
        Map<String, ?> attributes = Map.of("pads", new long[] {pad, pad, pad, pad}, "group", group);
        return r.batchNorm(ops.op("Conv", attributes, x, r.weights(outputs, inputs, kernel, kernel)), outputs);
    }

    @Test
    void inferenceLeavesConvolutionsAndActivations() {
        network();
        r.fires(Passes.inference(), 5e-6);
        assertThat(r.operators())
                .containsExactly(
                        "Sub",
                        "Conv",
                        "Relu",
                        "Conv",
                        "Clip",
                        "Conv",
                        "Clip",
                        "Conv",
                        "Add",
                        "Mul",
                        "Add",
                        "GlobalAveragePool",
                        "Squeeze",
                        "Gemm");
    }

    @Test
    void standardKeepsParameters() {
        network();
        r.fires(Passes.standard(), 0);
        assertThat(r.operators())
                .doesNotContain("Identity", "Dropout", "Shape", "Concat", "Transpose")
                .filteredOn(op -> op.equals("BatchNormalization"))
                .hasSize(5);
    }
}
