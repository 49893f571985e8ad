package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Dim;
import dev.hone.graph.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods without gradients: against Captum's Occlusion, and against closed forms of Shapley values. */
class PerturbationTest {
    private static final float[] WEIGHTS = {0.5f, -1f, 2f, 0f, 1.5f, -0.25f};

    @ParameterizedTest
    @CsvSource({"occlusion_4_2,4,2,true,1", "occlusion_4_2,4,2,true,3", "occlusion_5_3,5,3,false,2"})
    void occlusionEqualsCaptum(String vector, int window, int stride, boolean mean, int threads) {
        ExplainOptions common = OPTIONS.withSession(OPTIONS.session().withThreads(threads));
        try (NativeTensor baselines = mean ? Vectors.baselines() : Vectors.black();
                Attributor occlusion = Method.OCCLUSION.open(
                        Vectors.classifier(),
                        baselines,
                        MethodOptions.of(common).withWindow(window, stride))) {
            assertClose(
                    occlusion.explain(Vectors.image(), 2).attribution(),
                    Vectors.of(vector).floats(),
                    1e-4);
        }
    }

    @Test
    void occlusionTakesAModelOfFixedBatch() {
        Model model = Vectors.classifier();
        model.graph().inputs().get(0).setShape(Shape.of(4, 3, 16, 12));
        try (NativeTensor baselines = Vectors.baselines();
                Attributor occlusion = Method.OCCLUSION.open(
                        model, baselines, MethodOptions.of(OPTIONS).withWindow(4, 2))) {
            float[] found = occlusion.explain(Vectors.image(), 2).attribution();
            assertClose(found, Vectors.of("occlusion_4_2").floats(), 1e-4);
            assertClose(occlusion.scores(Vectors.image()), Vectors.of("scores").floats(), 1e-5);
        }
    }

    @Test
    void refusesAWindowLargerThanTheImage() {
        try (NativeTensor black = Vectors.black();
                Attributor occlusion = Method.OCCLUSION.open(
                        Vectors.classifier(), black, MethodOptions.of(OPTIONS).withWindow(17, 4))) {
            assertThatThrownBy(() -> occlusion.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("window of 17")
                    .hasMessageContaining("over 16");
        }
    }

    /** A table of six columns; the scores are of the second class, the first has none. */
    private static Model table(BiFunction<Ops, Value, Value> score) {
        Model model = new Model(new Graph("table"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(6)));
        Ops ops = new Ops(model.graph());
        Value y = score.apply(ops, x);
        model.graph().addOutput(ops.concat(1, List.of(ops.mul(y, 0), y)));
        return model;
    }

    private static Value linear(Ops ops, Value x) {
        return ops.matmul(x, ops.constant(Tensor.ofFloats(WEIGHTS, 6, 1)));
    }

    private static Value column(Ops ops, Value x, int column) {
        return ops.slice(x, 1, column, column + 1, 1);
    }

    /** 3 x0 x1 + x2 x3 x4 + x5, whose Shapley values from 0 divide each product evenly among its factors. */
    private static Value products(Ops ops, Value x) {
        Value two = ops.mul(ops.mul(column(ops, x, 0), column(ops, x, 1)), 3);
        Value three = ops.mul(ops.mul(column(ops, x, 2), column(ops, x, 3)), column(ops, x, 4));
        return ops.add(ops.add(two, three), column(ops, x, 5));
    }

    private static final float[] ROW = {1, 2, 3, 0.5f, -2, 4};

    private static Explanation explain(Method method, Model model, float[][] baselines, int samples, long seed) {
        ExplainOptions common = OPTIONS.withSamples(samples).withSeed(seed);
        float[] flat = new float[6 * baselines.length];
        for (int r = 0; r < baselines.length; r++) {
            System.arraycopy(baselines[r], 0, flat, 6 * r, 6);
        }
        try (NativeTensor tensor = NativeTensor.ofFloats(flat, baselines.length, 6);
                Attributor attributor = method.open(model, tensor, MethodOptions.of(common))) {
            return attributor.explain(ROW, 1);
        }
    }

    /** Of a linear model, w (x - mean of the baselines), whatever the background. */
    @ParameterizedTest
    @CsvSource({"exact-shapley,1", "kernel-shap,24", "kernel-shap,64", "occlusion,1", "gradient-shap,20"})
    void linearModelsHaveOneAnswer(String method, int samples) {
        float[][] baselines = {{0, 1, 0, 2, 0, 1}, {1, 1, 1, 0, 0, 0}};
        float[] expected = new float[6];
        for (int i = 0; i < 6; i++) {
            expected[i] = WEIGHTS[i] * (ROW[i] - (baselines[0][i] + baselines[1][i]) / 2);
        }
        Explanation e = explain(Method.of(method), table(PerturbationTest::linear), baselines, samples, 3);
        assertClose(e.attribution(), expected, 1e-5);
        assertThat(e.score()).isCloseTo(0.5f - 2 + 6 - 3 - 1, within(1e-5f));
    }

    private static final float[] OF_PRODUCTS = {3, 3, -1, -1, -1, 4};

    @Test
    void exactShapleyDividesProductsEvenly() {
        Explanation e = explain(Method.EXACT_SHAPLEY, table(PerturbationTest::products), new float[1][6], 1, 0);
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
        Explanation e = explain(Method.KERNEL_SHAP, table(PerturbationTest::products), new float[1][6], 64, 0);
        assertClose(e.attribution(), OF_PRODUCTS, 1e-6);
        assertThat(e.standardError()).containsOnly(0);
    }

    /** 95 % intervals hold the true value in about 95 of 100 seeds. */
    @Test
    void kernelShapsErrorBarsHoldTheExactValue() {
        Model model = table(PerturbationTest::products);
        int held = 0;
        int bars = 0;
        double told = 0;
        double spread = 0;
        for (int seed = 0; seed < 100; seed++) {
            Explanation e = explain(Method.KERNEL_SHAP, model, new float[1][6], 60, seed);
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
                        Method.EXACT_SHAPLEY.open(table(PerturbationTest::products), zero, MethodOptions.of(OPTIONS))) {
            Explanation e = exact.explain(ROW, 1, groups);
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

    /** Of a linear model with columns masked one by one, w x (1 - p). */
    @Test
    void riseTellsALinearModelsParts() {
        Explanation e = explain(Method.RISE, table(PerturbationTest::linear), new float[1][6], 20_000, 5);
        for (int i = 0; i < 6; i++) {
            double expected = 0.5 * WEIGHTS[i] * ROW[i];
            assertThat((double) e.attribution()[i]).isCloseTo(expected, within(5.0 * e.standardError()[i] + 1e-3));
            assertThat(e.standardError()[i]).isBetween(0.005f, 0.1f);
        }
    }

    /** One pixel's value as the score, of an image [N,1,height,width]. */
    private static Model pixel(int height, int width, int row, int column) {
        Model model = new Model(new Graph("pixel"));
        Shape shape = Shape.of(Dim.symbol("N"), Dim.of(1), Dim.of(height), Dim.of(width));
        Value x = model.graph().addInput("x", ElementType.FLOAT, shape);
        Ops ops = new Ops(model.graph());
        Value line = ops.slice(x, 2, row, row + 1, 1);
        model.graph().addOutput(ops.op("Flatten", ops.slice(line, 3, column, column + 1, 1)));
        return model;
    }

    /** A tenth of the longer side, moved by half of it. */
    @Test
    void occlusionsWindowIsATenthUnlessTold() {
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 1, 40, 20);
                Attributor occlusion = Method.OCCLUSION.open(pixel(40, 20, 5, 5), zero, MethodOptions.of(OPTIONS))) {
            float[] ones = new float[800];
            Arrays.fill(ones, 1);
            Explanation e = occlusion.explain(ones, 0);
            // Of 4 pixels by 2: 19 places down, 9 across.
            assertThat(e.samples()).isEqualTo(19 * 9);
            // Windows from rows 2 and 4 cover row 5, and so do two across; all of row 7's that reach column 5 begin at
            // 4.
            assertThat(e.attribution()[5 * 20 + 5]).isEqualTo(1);
            assertThat(e.attribution()[7 * 20 + 5]).isEqualTo(0.5f);
            assertThat(e.attribution()[8 * 20 + 5]).isZero();
        }
    }

    /**
     * Bilinear masks of random cells under a random shift have the covariance {@code p (1 - p) b(down) b(right)}, with b the
     * cubic B-spline of distances in cells: a triangle's correlation with itself.
     */
    @Test
    void risesMasksAreBilinear() {
        int height = 16;
        int width = 24;
        float[] ones = new float[height * width];
        Arrays.fill(ones, 1);
        ExplainOptions common = OPTIONS.withSamples(6000).withSeed(2);
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 1, height, width);
                Attributor rise = Method.RISE.open(pixel(height, width, 7, 11), zero, MethodOptions.of(common))) {
            Explanation e = rise.explain(ones, 0);
            for (int i = 0; i < ones.length; i++) {
                double down = Math.abs(i / width - 7) * 8.0 / height;
                double right = Math.abs(i % width - 11) * 8.0 / width;
                assertThat((double) e.attribution()[i])
                        .as("row %d, column %d", i / width, i % width)
                        .isCloseTo(0.5 * spline(down) * spline(right), within(0.015));
            }
        }
    }

    private static double spline(double d) {
        return d < 1 ? 2 / 3.0 - d * d + d * d * d / 2 : d < 2 ? Math.pow(2 - d, 3) / 6 : 0;
    }

    /** A step of a sequence is covered as a whole; masks let through half of what the step adds. */
    @ParameterizedTest
    @CsvSource({"rise,0.5,0.15", "occlusion,1,1e-5"})
    void stepsOfASequenceAreCoveredAsAWhole(String method, double share, double tolerance) {
        Model model = new Model(new Graph("sequence"));
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)));
        Ops ops = new Ops(model.graph());
        Value flat = ops.op("Flatten", x);
        model.graph().addOutput(ops.matmul(flat, ops.constant(Tensor.ofFloats(WEIGHTS, 6, 1))));
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 3, 2);
                Attributor attributor =
                        Method.of(method).open(model, zero, MethodOptions.of(OPTIONS.withSamples(20_000)))) {
            Explanation e = attributor.explain(ROW, 0);
            for (int i = 0; i < 6; i++) {
                int step = i / 2 * 2;
                double added = WEIGHTS[step] * ROW[step] + WEIGHTS[step + 1] * ROW[step + 1];
                assertThat((double) e.attribution()[i]).isCloseTo(share * added, within(tolerance));
            }
        }
    }

    /** Masks of a table, and of an image, where neighbours are seen together: the error told is that between seeds. */
    @ParameterizedTest
    @CsvSource({"1,1,6", "1,16,16"})
    void risesErrorIsTheSpreadOverSeeds(int channels, int height, int width) {
        int elements = channels * height * width;
        long[] dims = height == 1 ? new long[] {1, elements} : new long[] {1, channels, height, width};
        Model model = new Model(new Graph("sum"));
        Dim[] symbolic = Arrays.stream(dims).mapToObj(Dim::of).toArray(Dim[]::new);
        symbolic[0] = Dim.symbol("N");
        Value x = model.graph().addInput("x", ElementType.FLOAT, Shape.of(symbolic));
        Ops ops = new Ops(model.graph());
        Value sum = ops.reduceSum(ops.op("Flatten", x), true, 1);
        model.graph().addOutput(ops.op("Tanh", ops.mul(sum, 1.5f / elements)));
        float[] ones = new float[elements];
        Arrays.fill(ones, 1);
        int seeds = 200;
        double[] means = new double[elements];
        double told = 0;
        int held = 0;
        Explanation[] all = new Explanation[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            ExplainOptions common = OPTIONS.withSamples(100).withSeed(seed);
            try (NativeTensor zero = NativeTensor.allocate(1, dims);
                    Attributor rise = Method.RISE.open(model, zero, MethodOptions.of(common))) {
                all[seed] = rise.explain(ones, 0);
            }
            for (int i = 0; i < elements; i++) {
                means[i] += all[seed].attribution()[i] / (double) seeds;
                told += Math.pow(all[seed].standardError()[i], 2) / seeds;
            }
        }
        double spread = 0;
        for (int seed = 0; seed < seeds; seed++) {
            for (int i = 0; i < elements; i++) {
                double off = Math.abs(all[seed].attribution()[i] - means[i]);
                spread += off * off / (seeds - 1);
                held += off <= all[seed].errorBar(i, 0.95) ? 1 : 0;
            }
        }
        assertThat(told / spread).isBetween(0.85, 1.2);
        assertThat((double) held / seeds / elements).isBetween(0.93, 0.97);
    }

    @Test
    void riseIsTheSameWithAnyNumberOfThreads() {
        float[] first = null;
        for (int threads : new int[] {1, 3}) {
            ExplainOptions common =
                    OPTIONS.withSamples(40).withSession(OPTIONS.session().withThreads(threads));
            try (NativeTensor black = Vectors.black();
                    Attributor rise = Method.RISE.open(Vectors.classifier(), black, MethodOptions.of(common))) {
                float[] found = rise.explain(Vectors.image(), 2).attribution();
                first = first == null ? found : first;
                assertThat(found).containsExactly(first);
            }
        }
    }

    /** An operator without a gradient is no obstacle, and the methods with one say what works. */
    @Test
    void takesModelsWithoutGradients() {
        Model model = table((ops, x) -> {
            Value y = linear(ops, x);
            var quantize = ops.node("", "DynamicQuantizeLinear", Map.of(), 3, y);
            return ops.op("DequantizeLinear", quantize.outputs().toArray(Value[]::new));
        });
        Explanation e = explain(Method.EXACT_SHAPLEY, model, new float[1][6], 1, 0);
        float sum = 0;
        for (float a : e.attribution()) {
            sum += a;
        }
        assertThat(sum).isCloseTo(e.score() - e.expected(), within(1e-4f));
        assertThatThrownBy(() -> explain(Method.SALIENCY, model, new float[1][6], 1, 0))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("DequantizeLinear")
                .hasMessageContaining("that DynamicQuantizeLinear")
                .hasMessageEndingWith("methods that need no gradients: occlusion, rise, kernel-shap, exact-shapley");
    }

    /** Dynamic quantization takes its range from all rows of a batch: each copy of the input is scored for itself. */
    @Test
    void aRowsScoreDoesNotDependOnThoseBesideIt() {
        Model model = table((ops, x) -> {
            var quantize = ops.node("", "DynamicQuantizeLinear", Map.of(), 3, x);
            return linear(ops, ops.op("DequantizeLinear", quantize.outputs().toArray(Value[]::new)));
        });
        float[] input = {0.31f, -0.52f, 0.77f, 0.93f, -0.11f, 0.64f};
        try (NativeTensor cover = NativeTensor.ofFloats(new float[] {0, 0, 0, 0, 0, 100}, 1, 6);
                Attributor occlusion = Method.OCCLUSION.open(model, cover, MethodOptions.of(OPTIONS))) {
            float[] attribution = occlusion.explain(input, 1).attribution();
            for (int column = 0; column < 5; column++) {
                float[] covered = input.clone();
                covered[column] = 0;
                float alone = occlusion.scores(input)[1] - occlusion.scores(covered)[1];
                assertThat(attribution[column]).isCloseTo(alone, within(1e-6f));
            }
        }
    }

    @Test
    void gridsAndRegionsAreSummedOverChannels() {
        Groups grid = Groups.grid(new long[] {2, 3, 5}, 2);
        assertThat(grid.count()).isEqualTo(6);
        assertThat(grid.of(4)).isEqualTo(2);
        assertThat(grid.of(15 + 10)).isEqualTo(3);
        assertThat(grid.size(0)).isEqualTo(8);
        float[] ones = new float[30];
        Arrays.fill(ones, 1);
        assertThat(grid.sum(ones)).containsExactly(8, 8, 4, 4, 4, 2);
        assertThat(grid.spread(grid.sum(ones))).containsExactly(ones);
        assertThat(grid.paint(grid.sum(ones))).startsWith(8, 8, 8, 8, 4, 8).hasSize(30);
    }

    @Test
    void enlargesAsPyTorchDoes() {
        float[] small = Vectors.of("rollout").floats();
        assertClose(
                Bilinear.resized(small, 4, 3, 16, 12), Vectors.of("bilinear").floats(), 1e-5);
    }
}
