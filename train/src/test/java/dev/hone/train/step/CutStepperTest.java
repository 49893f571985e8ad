package dev.hone.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import dev.hone.train.objective.CrossEntropy;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step that is cut between gradient and update against the whole one. */
class CutStepperTest {
    private static final int BATCH = StepperTest.BATCH;
    private static final int HALF = BATCH / 2;

    static Stream<Optimizer> optimizers() {
        return Stream.of(new Optimizer.Sgd(0.9, true, 0.01), new Optimizer.Adam(0.01), new Optimizer.AdamW(0.1));
    }

    private static StepOptions options(int batch, Optimizer optimizer) {
        return StepOptions.of(batch, new CrossEntropy(), optimizer).withClip(0.2);
    }

    /** With batch norm, dropout, clipping and averages, over several steps. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void cutAndFusedGiveTheSameBits(Optimizer optimizer) {
        Model model = StepperTest.network(true);
        try (Stepper fused = new Stepper(model, options(BATCH, optimizer), SessionOptions.defaults(), 7);
                CutStepper cut = new CutStepper(model, options(BATCH, optimizer), SessionOptions.defaults(), 7)) {
            for (int i = 0; i < StepperTest.STEPS; i++) {
                Stepper.Settings settings = new Stepper.Settings(0.05, Double.NaN, 0.8);
                Map<String, NativeTensor> feeds = StepperTest.feeds(i, 0, BATCH);
                Stepper.Result result = fused.run(feeds, settings);
                CutStepper.Gradient gradient = cut.gradient(feeds);
                assertThat(gradient.loss()).isEqualTo(result.loss());
                assertThat(gradient.metrics()).isEqualTo(result.metrics()).containsKey("accuracy");
                assertThat(cut.update(gradient, settings)).isEqualTo(result.gradientNorm());
                close(feeds);
            }
            assertThat(cut.state().names()).isEqualTo(fused.state().names()).hasSizeGreaterThan(4);
            for (String name : fused.state().names()) {
                assertThat(bits(cut.state().vector(name)))
                        .as(name)
                        .containsExactly(bits(fused.state().vector(name)));
            }
            assertThat(cut.state().step()).isEqualTo(StepperTest.STEPS);
            assertThat(bits(cut.state().vector(StepGraph.WEIGHTS)))
                    .isNotEqualTo(bits(cut.state().vector(StepGraph.AVERAGE + StepGraph.WEIGHTS)));
        }
    }

    private static int[] bits(FloatBuffer values) {
        int[] bits = new int[values.remaining()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values.get(i));
        }
        return bits;
    }

    private static void close(Map<String, NativeTensor> feeds) {
        feeds.values().forEach(NativeTensor::close);
    }

    /** A convolution, a mean and a matrix, without batch norm. */
    private static Model plain() {
        Graph graph = new Graph("plain");
        Ops o = new Ops(graph);
        Value x =
                graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2), Dim.of(8), Dim.of(8)));
        Value w = graph.addConstant("conv", Tensor.ofFloats(Reference.floats("step.conv.weight"), 4, 2, 3, 3));
        Value y = o.op("Flatten", o.op("GlobalAveragePool", o.op("Relu", o.op("Conv", x, w))));
        Value matrix = graph.addConstant("fc", Tensor.ofFloats(Reference.floats("step.fc.weight"), 3, 4));
        graph.addOutput(o.op("Gemm", Map.of("transB", 1), y, matrix));
        return new Model(graph);
    }

    @Test
    void theMeanOfTwoHalvesIsTheWhole() {
        Optimizer optimizer = new Optimizer.Sgd(0.9, false, 0);
        Stepper.Settings settings = new Stepper.Settings(0.5, Double.NaN, 0.8);
        try (CutStepper whole = new CutStepper(plain(), options(BATCH, optimizer), SessionOptions.defaults(), 0);
                CutStepper half = new CutStepper(plain(), options(HALF, optimizer), SessionOptions.defaults(), 0)) {
            for (int i = 0; i < StepperTest.STEPS; i++) {
                Map<String, NativeTensor> feeds = StepperTest.feeds(i, 0, BATCH);
                CutStepper.Gradient expected = whole.gradient(feeds);
                close(feeds);
                CutStepper.Gradient mean = mean(half, i);
                assertThat(mean.loss()).isCloseTo(expected.loss(), Offset.offset(1e-6f));
                assertThat(floats(mean.vector())).containsExactly(floats(expected.vector()), Offset.offset(1e-6f));
                whole.update(expected, settings);
                half.update(mean, settings);
            }
            float[] found = floats(half.state().vector(StepGraph.WEIGHTS));
            assertThat(found).containsExactly(floats(whole.state().vector(StepGraph.WEIGHTS)), Offset.offset(5e-6f));
            float[] start = Reference.floats("step.fc.weight");
            assertThat(IntStream.range(0, start.length).mapToDouble(i -> Math.abs(found[72 + i] - start[i])))
                    .anyMatch(change -> change > 1e-2);
        }
    }

    private static CutStepper.Gradient mean(CutStepper half, int step) {
        CutStepper.Gradient[] parts = new CutStepper.Gradient[2];
        for (int k = 0; k < 2; k++) {
            Map<String, NativeTensor> feeds = StepperTest.feeds(step, k * HALF, HALF);
            parts[k] = half.gradient(feeds);
            close(feeds);
        }
        FloatBuffer sum = FloatBuffer.allocate(parts[0].vector().remaining());
        for (int i = 0; i < sum.capacity(); i++) {
            sum.put(i, (parts[0].vector().get(i) + parts[1].vector().get(i)) / 2);
        }
        return new CutStepper.Gradient(
                (parts[0].loss() + parts[1].loss()) / 2, parts[0].metrics(), sum, parts[0].statistics());
    }

    private static float[] floats(FloatBuffer values) {
        float[] floats = new float[values.remaining()];
        values.duplicate().get(floats);
        return floats;
    }

    /** The gradients of single samples: what is clipped sample by sample. */
    @Test
    void aBatchMayBeOneSample() {
        try (CutStepper whole =
                        new CutStepper(plain(), options(BATCH, new Optimizer.Adam(0)), SessionOptions.defaults(), 0);
                CutStepper one =
                        new CutStepper(plain(), options(1, new Optimizer.Adam(0)), SessionOptions.defaults(), 0)) {
            Map<String, NativeTensor> feeds = StepperTest.feeds(0, 0, BATCH);
            float[] expected = floats(whole.gradient(feeds).vector());
            close(feeds);
            float[] mean = new float[expected.length];
            for (int n = 0; n < BATCH; n++) {
                Map<String, NativeTensor> sample = StepperTest.feeds(0, n, 1);
                float[] gradient = floats(one.gradient(sample).vector());
                close(sample);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += gradient[i] / BATCH;
                }
            }
            assertThat(mean).containsExactly(expected, Offset.offset(1e-6f));
        }
        assertThatThrownBy(() -> StepGraph.cut(StepperTest.network(false), options(1, new Optimizer.Adam(0))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("batch size is 1, expected 2 or more");
    }

    @Test
    void eachGradientOfAStepHasItsOwnDropout() {
        try (CutStepper cut = new CutStepper(
                StepperTest.network(true), options(BATCH, new Optimizer.Adam(0)), SessionOptions.defaults(), 1)) {
            Map<String, NativeTensor> feeds = StepperTest.feeds(0, 0, BATCH);
            CutStepper.Gradient first = cut.gradient(feeds);
            CutStepper.Gradient second = cut.gradient(feeds);
            assertThat(second.loss()).isNotEqualTo(first.loss());
            // Batch norm stands in front of the dropout.
            assertThat(floats(second.statistics())).containsExactly(floats(first.statistics()));
            close(feeds);
        }
    }

    @Test
    void refusesAGradientOfAnotherLength() {
        try (CutStepper cut =
                new CutStepper(plain(), options(BATCH, new Optimizer.Adam(0)), SessionOptions.defaults(), 1)) {
            CutStepper.Gradient wrong =
                    new CutStepper.Gradient(0, Map.of(), FloatBuffer.allocate(3), FloatBuffer.allocate(0));
            assertThatThrownBy(() -> cut.update(wrong, new Stepper.Settings(0.1, 0, 0)))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("has 3 numbers, expected 84");
        }
    }
}
