package dev.hone.compress.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.Compression;
import dev.hone.compress.Compression.Calibration;
import dev.hone.compress.Compression.Compressed;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionException;
import dev.hone.core.CancelledException;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.core.option.Selected;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every entry of the table, whatever it does. */
class CompressionsTest {
    private static final int WIDTH = 64;

    static List<String> names() {
        return Compressions.ALL.stream().map(Compressions.Entry::name).toList();
    }

    private static List<String> names(Predicate<Compression> which) {
        List<String> names =
                names().stream().filter(name -> which.test(byDefault(name))).toList();
        assertThat(names).hasSizeGreaterThan(1);
        return names;
    }

    static List<String> notTraining() {
        return names(compression -> !compression.trains());
    }

    static List<String> decidingByTheGoalAlone() {
        return names(compression -> !compression.trains() && !compression.measures());
    }

    static List<String> calibrated() {
        return names(compression -> compression.calibration() == Calibration.REQUIRED);
    }

    private static Compression byDefault(String name) {
        Compressions.Entry<?> entry = Compressions.ALL.stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Compressions.of(new Selected(name, Options.of(entry.options()).build(Map.of())));
    }

    /** Two products with a Relu between them. */
    private static Model model() {
        Graph graph = new Graph("perceptron");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(WIDTH)));
        Value y = ops.matmul(ops.op("Relu", ops.matmul(x, weights(ops, 1))), weights(ops, 2));
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    private static Value weights(Ops ops, long seed) {
        return ops.constant(Tensor.ofFloats(gaussian(seed, WIDTH * WIDTH, 0.1), WIDTH, WIDTH));
    }

    private static float[] gaussian(long seed, int count, double deviation) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    private static final CalibrationFeeds DATA = new CalibrationFeeds() {
        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            try (NativeTensor x = NativeTensor.ofFloats(gaussian(3, 16 * WIDTH, 1), 16, WIDTH)) {
                consumer.accept(Map.of("x", x));
            }
        }
    };

    private static float[] run(Model model) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(gaussian(4, 8 * WIDTH, 1), 8, WIDTH)) {
            Map<String, NativeTensor> found = session.run(Map.of("x", x));
            float[] y = found.get("y").floats();
            found.values().forEach(NativeTensor::close);
            return y;
        }
    }

    private static double relativeError(float[] expected, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) expected[i] - found[i], 2);
        }
        return Math.sqrt(noise / signal);
    }

    private static CompressionContext context(Compression compression) {
        CompressionContext context = CompressionContext.defaults();
        return compression.calibration() == Calibration.UNUSED ? context : context.withCalibration(DATA);
    }

    @Test
    void namesAreUnique() {
        assertThat(names()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("notTraining")
    void leavesTheModelAsItIsAndStaysClose(String name) {
        Compression compression = byDefault(name);
        Model model = model();
        byte[] before = OnnxWriter.toBytes(model);
        Compressed made = compression.compress(model, context(compression));
        assertThat(OnnxWriter.toBytes(model)).isEqualTo(before);
        assertThat(made.model()).isNotSameAs(model);
        assertThat(relativeError(run(model), run(made.model()))).isLessThan(0.2);
        assertThat(made.report().summary()).isNotBlank().doesNotContain("\n");
        assertThat(made.report().accuracy()).isNull();
    }

    /** A metric that every compressed model fails by a point. */
    @ParameterizedTest
    @MethodSource("decidingByTheGoalAlone")
    void saysWhetherAGoalIsMet(String name) {
        Compression compression = byDefault(name);
        Model model = model();
        for (double most : new double[] {0.5, 2}) {
            AccuracyGoal goal = new AccuracyGoal(m -> m == model ? 90 : 89, most);
            Compressed made = compression.compress(model, context(compression).withGoal(goal));
            assertThat(made.report().accuracy().drop()).isEqualTo(1);
            assertThat(made.report().accuracy().isMet()).isEqualTo(most == 2);
        }
    }

    @ParameterizedTest
    @MethodSource("calibrated")
    void saysWhatItLacks(String name) {
        Compression compression = byDefault(name);
        assertThatThrownBy(() -> compression.compress(model(), CompressionContext.defaults()))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("data, and none were given");
    }

    @ParameterizedTest
    @MethodSource("notTraining")
    void canBeCancelled(String name) {
        Compression compression = byDefault(name);
        CompressionContext context = context(compression).withProgress(new Progress() {
            @Override
            public boolean isCancelled() {
                return true;
            }
        });
        assertThatThrownBy(() -> compression.compress(model(), context)).isInstanceOf(CancelledException.class);
    }
}
