package dev.hone.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import dev.hone.train.objective.CrossEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StepperTest {
    static final int STEPS = 4;
    static final int BATCH = 6;
    private static final int IMAGE = 2 * 8 * 8;

    /** The network of reference.py. */
    static Model network(boolean dropout) {
        Graph graph = new Graph("small");
        Ops o = new Ops(graph);
        Value x =
                graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2), Dim.of(8), Dim.of(8)));
        Value y = o.op("Conv", Map.of("pads", new long[] {1, 1, 1, 1}), x, weight(graph, "conv.weight", 4, 2, 3, 3));
        y = o.op(
                "BatchNormalization",
                y,
                weight(graph, "bn.weight", 4),
                weight(graph, "bn.bias", 4),
                graph.addConstant("bn.running_mean", Tensor.filled(ElementType.FLOAT, 0, 4)),
                graph.addConstant("bn.running_var", Tensor.filled(ElementType.FLOAT, 1, 4)));
        y = o.op("Flatten", o.op("GlobalAveragePool", o.op("Relu", y)));
        if (dropout) {
            y = o.op("Dropout", y, o.constant(0.5f));
        }
        y = o.op("Gemm", Map.of("transB", 1), y, weight(graph, "fc.weight", 3, 4), weight(graph, "fc.bias", 3));
        y.setName("logits");
        graph.addOutput(y);
        return new Model(graph);
    }

    private static Value weight(Graph graph, String name, long... dims) {
        return graph.addConstant(name, Tensor.ofFloats(Reference.floats("step." + name), dims));
    }

    /** Images and targets of a step, from one sample on, for the caller to close. */
    static Map<String, NativeTensor> feeds(int step, int from, int count) {
        float[] all = Reference.floats("step.images");
        int first = step * BATCH + from;
        int[] labels = Reference.ints("step.targets");
        float[] targets = new float[count * 3];
        for (int i = 0; i < count; i++) {
            targets[3 * i + labels[first + i]] = 1;
        }
        return Map.of(
                "image",
                NativeTensor.ofFloats(Arrays.copyOfRange(all, first * IMAGE, (first + count) * IMAGE), count, 2, 8, 8),
                Batch.TARGETS,
                NativeTensor.ofFloats(targets, count, 3));
    }

    private Map<String, NativeTensor> feeds(int step) {
        Map<String, NativeTensor> feeds = feeds(step, 0, BATCH);
        made.add(feeds);
        return feeds;
    }

    private final List<Map<String, NativeTensor>> made = new ArrayList<>();

    @AfterEach
    void close() {
        made.forEach(feeds -> feeds.values().forEach(NativeTensor::close));
    }

    private void matches(String name, Optimizer optimizer, double rate, double clip) {
        StepOptions options =
                StepOptions.of(BATCH, new CrossEntropy(), optimizer).withClip(clip);
        try (Stepper stepper = new Stepper(network(false), options, SessionOptions.defaults(), 0)) {
            for (int i = 0; i < STEPS; i++) {
                Stepper.Result result = stepper.run(feeds(i), new Stepper.Settings(rate, Double.NaN, 0.8));
                assertThat(result.loss())
                        .isCloseTo((float) Reference.doubles(name + ".losses")[i], Offset.offset(2e-5f));
                assertThat(result.gradientNorm())
                        .isCloseTo((float) Reference.doubles(name + ".norms")[i], Offset.offset(2e-4f));
            }
            matches(stepper.state().snapshot(false), name + ".");
            matches(stepper.state().snapshot(true), name + ".average.");
            assertClose(stepper.state().snapshot(false), "bn.running_mean", name + ".bn.running_mean");
            assertClose(stepper.state().snapshot(false), "bn.running_var", name + ".bn.running_var");
        }
    }

    private static void matches(Model model, String prefix) {
        for (String weight : List.of("conv.weight", "bn.weight", "bn.bias", "fc.weight", "fc.bias")) {
            assertClose(model, weight, prefix + weight);
        }
    }

    private static void assertClose(Model model, String value, String reference) {
        assertThat(model.graph().find(value).constant().floats())
                .as(reference)
                .usingComparatorWithPrecision(5e-5f)
                .containsExactly(Reference.floats(reference));
    }

    @Test
    void momentumIsPyTorchs() {
        matches("sgd", new Optimizer.Sgd(0.9, false, 0.01), 0.1, 0);
    }

    @Test
    void nesterovWithClippingIsPyTorchs() {
        matches("nesterov", new Optimizer.Sgd(0.9, true, 0.01), 0.1, 0.2);
    }

    @Test
    void adamIsPyTorchs() {
        matches("adam", new Optimizer.Adam(0.01), 0.05, 0);
    }

    @Test
    void adamWithDecoupledDecayAndClippingIsPyTorchs() {
        matches("adamw", new Optimizer.AdamW(0.1), 0.05, 0.2);
    }

    private static StepOptions sgd() {
        return StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.Sgd(0.9, false, 0));
    }

    @Test
    void frozenWeightsAndTheirStatisticsStay() {
        StepOptions options = sgd().withFrozen(n -> n.startsWith("conv") || n.startsWith("bn"));
        try (Stepper stepper = new Stepper(network(false), options, SessionOptions.defaults(), 0)) {
            stepper.run(feeds(0), new Stepper.Settings(0.1, Double.NaN, 0.8));
            Model model = stepper.state().snapshot(false);
            assertThat(model.graph().find("conv.weight").constant().floats())
                    .containsExactly(Reference.floats("step.conv.weight"));
            assertThat(model.graph().find("bn.running_mean").constant().floats())
                    .containsOnly(0f);
            assertThat(model.graph().find("fc.bias").constant().floats())
                    .isNotEqualTo(Reference.floats("step.fc.bias"));
        }
    }

    @Test
    void dropoutDependsOnSeedAndStepOnly() {
        float[] first = lossesWithDropout(1);
        assertThat(lossesWithDropout(1)).containsExactly(first);
        assertThat(lossesWithDropout(2)).isNotEqualTo(first);
    }

    private float[] lossesWithDropout(long seed) {
        float[] losses = new float[3];
        try (Stepper stepper = new Stepper(network(true), sgd(), SessionOptions.defaults(), seed)) {
            for (int i = 0; i < losses.length; i++) {
                losses[i] = stepper.run(feeds(0), new Stepper.Settings(1e-9, Double.NaN, 0.8))
                        .loss();
            }
        }
        assertThat(losses[0]).isNotEqualTo(losses[1]);
        return losses;
    }

    @Test
    void rehearsalChangesNothing() {
        try (Stepper stepper = new Stepper(network(false), sgd(), SessionOptions.defaults(), 0)) {
            byte[] before = OnnxWriter.toBytes(stepper.state().snapshot(false));
            stepper.rehearse(feeds(0));
            assertThat(OnnxWriter.toBytes(stepper.state().snapshot(false))).isEqualTo(before);
            assertThat(stepper.state().step()).isZero();
        }
    }

    @Test
    void noticesAnExportThatComputesSomethingElse() {
        try (Stepper stepper = new Stepper(network(false), sgd(), SessionOptions.defaults(), 0)) {
            stepper.run(feeds(0), new Stepper.Settings(0.1, Double.NaN, 0.5));
            byte[] now = OnnxWriter.toBytes(stepper.state().snapshot(false));
            byte[] other = OnnxWriter.toBytes(network(false));
            assertThat(stepper.state().difference(now, stepper.state().copies(false), feeds(0)))
                    .isLessThan(1e-5);
            assertThat(stepper.state().difference(other, stepper.state().copies(false), feeds(0)))
                    .isGreaterThan(1e-2);
        }
    }

    @Test
    void divergenceIsReportedWithTheStep() {
        try (Stepper stepper = new Stepper(network(false), sgd().withClip(0), SessionOptions.defaults(), 0)) {
            Stepper.Settings settings = new Stepper.Settings(1e30, Double.NaN, 0.8);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            stepper.run(feeds(0), settings);
                        }
                    })
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("diverged at step")
                    .hasMessageContaining("lower learning rate");
        }
    }

    @Test
    void refusesAModelWithNothingToTrain() {
        assertThatThrownBy(() -> StepGraph.fused(network(false), sgd().withFrozen(n -> true)))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("nothing in the model can be trained");
    }
}
