package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exact Shapley values and KernelSHAP against closed forms. */
class ShapleyTest {
    private static final float[] OF_PRODUCTS = {3, 3, -1, -1, -1, 4};

    @Test
    void exactShapleyDividesProductsEvenly() {
        Explanation e = Tables.explain(Method.EXACT_SHAPLEY, Tables.table(Tables::products), new float[1][6], 1, 0);
        assertClose(e.attribution(), OF_PRODUCTS, 1e-6);
        assertThat(e.additivityError()).isLessThan(1e-6);
        assertThat(e.samples()).isEqualTo(64);
    }

    /** More runs than are held at a time: 65,536 coalitions over two baselines. */
    @Test
    void exactShapleyGoesThroughManyCoalitionsInParts() {
        float[] row = new float[16];
        float[] baselines = new float[32];
        float[] weights = new float[16];
        float[] expected = new float[16];
        for (int i = 0; i < 16; i++) {
            row[i] = 1 + i;
            weights[i] = 3 - i;
            baselines[i] = i % 3;
            expected[i] = weights[i] * (row[i] - baselines[i] / 2);
        }
        Model model = new Model(new Graph("linear"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(16)));
        Ops ops = new Ops(model.graph());
        model.graph().addOutput(ops.matmul(x, ops.constant(Tensor.ofFloats(weights, 16, 1))));
        try (NativeTensor tensor = NativeTensor.ofFloats(baselines, 2, 16);
                Attributor exact = Method.EXACT_SHAPLEY.open(model, tensor, MethodOptions.of(OPTIONS))) {
            assertClose(exact.explain(row, 0).attribution(), expected, 1e-4);
        }
    }

    @Test
    void kernelShapTakesAllCoalitionsWhereItCan() {
        Explanation e = Tables.explain(Method.KERNEL_SHAP, Tables.table(Tables::products), new float[1][6], 64, 0);
        assertClose(e.attribution(), OF_PRODUCTS, 1e-6);
        assertThat(e.standardError()).containsOnly(0);
    }

    /** 95 % intervals hold the true value in about 95 of 100 seeds. */
    @Test
    void kernelShapsErrorBarsHoldTheExactValue() {
        Model model = Tables.table(Tables::products);
        int held = 0;
        int bars = 0;
        double told = 0;
        double spread = 0;
        for (int seed = 0; seed < 100; seed++) {
            Explanation e = Tables.explain(Method.KERNEL_SHAP, model, new float[1][6], 60, seed);
            for (int i = 0; i < 6; i++) {
                bars++;
                told += Math.pow(e.standardError()[i], 2);
                spread += Math.pow(e.attribution()[i] - OF_PRODUCTS[i], 2);
                held += Math.abs(e.attribution()[i] - OF_PRODUCTS[i]) <= e.errorBar(i, 0.95) + 1e-5 ? 1 : 0;
                assertThat(e.errorBar(i, 0.95)).isLessThan(3);
            }
            assertThat(e.additivityError()).isLessThan(1e-5);
        }
        assertThat((double) held / bars).isGreaterThan(0.93);
        assertThat(told / spread).isBetween(0.9, 1.6);
    }

    /** Columns that encode one category are one player: their value is what they have together. */
    @Test
    void oneHotColumnsAreOnePlayer() {
        Groups groups = Groups.oneHot(List.of("age", "colour=red", "colour=blue", "colour=green", "size", "weight"));
        assertThat(groups.count()).isEqualTo(4);
        assertThat(groups.name(1)).isEqualTo("colour");
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 6);
                Attributor exact =
                        Method.EXACT_SHAPLEY.open(Tables.table(Tables::products), zero, MethodOptions.of(OPTIONS))) {
            Explanation e = exact.explain(Tables.ROW, 1, groups);
            // 3 x0 x1 between age and colour; x2 x3 x4 between colour and size.
            assertClose(e.attribution(), new float[] {3, 3 - 1.5f, -1.5f, 4}, 1e-6);
        }
    }

    @Test
    void refusesTooManyPlayersAndTooFewSamples() {
        try (NativeTensor black = Vectors.black();
                Attributor exact = Method.EXACT_SHAPLEY.open(Vectors.classifier(), black, MethodOptions.of(OPTIONS));
                Attributor kernel = Method.KERNEL_SHAP.open(Vectors.classifier(), black, MethodOptions.of(OPTIONS))) {
            assertThatThrownBy(() -> exact.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("576 players")
                    .hasMessageContaining("kernel-shap");
            assertThatThrownBy(() -> kernel.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("expected at least 2304");
        }
    }
}
