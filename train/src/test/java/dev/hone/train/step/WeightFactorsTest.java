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
import dev.hone.graph.op.ShapeInference;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import dev.hone.train.objective.CrossEntropy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against PyTorch's parameter groups, batch norms in evaluation mode and weights without gradients: groups.py. */
class WeightFactorsTest {
    private static final int BATCH = 6;
    private static final int STEPS = 5;
    private static final int IMAGE = 2 * 6 * 6;
    private static final Predicate<String> TRUNK = name -> !name.startsWith("fc");
    private static final List<String> WEIGHTS = List.of(
            "conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias", "fc.weight", "fc.bias");

    private static Model network() {
        Graph graph = new Graph("small");
        Ops o = new Ops(graph);
        Value x =
                graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2), Dim.of(6), Dim.of(6)));
        Value y = x;
        for (int i = 1; i <= 2; i++) {
            int channels = 2 + i;
            y = o.op(
                    "Conv",
                    Map.of("pads", new long[] {1, 1, 1, 1}),
                    y,
                    constant(graph, "conv" + i + ".weight", channels, channels == 3 ? 2 : 3, 3, 3));
            y = o.op(
                    "BatchNormalization",
                    y,
                    constant(graph, "bn" + i + ".weight", channels),
                    constant(graph, "bn" + i + ".bias", channels),
                    constant(graph, "bn" + i + ".running_mean", channels),
                    constant(graph, "bn" + i + ".running_var", channels));
            y = o.op("Relu", y);
        }
        y = o.op("Flatten", o.op("GlobalAveragePool", y));
        y = o.op("Gemm", Map.of("transB", 1), y, constant(graph, "fc.weight", 3, 4), constant(graph, "fc.bias", 3));
        y.setName("logits");
        graph.addOutput(y);
        ShapeInference.run(graph);
        return new Model(graph);
    }

    private static Value constant(Graph graph, String name, long... dims) {
        return graph.addConstant(name, Tensor.ofFloats(Reference.floats("groups.start." + name), dims));
    }

    private static Map<String, NativeTensor> feeds(int step) {
        int[] labels = Reference.ints("groups.targets");
        float[] targets = new float[BATCH * 3];
        for (int i = 0; i < BATCH; i++) {
            targets[3 * i + labels[step * BATCH + i]] = 1;
        }
        float[] images =
                Arrays.copyOfRange(Reference.floats("groups.images"), step * BATCH * IMAGE, (step + 1) * BATCH * IMAGE);
        return Map.of(
                "image",
                NativeTensor.ofFloats(images, BATCH, 2, 6, 6),
                Batch.TARGETS,
                NativeTensor.ofFloats(targets, BATCH, 3));
    }

    private static StepOptions options(Optimizer optimizer) {
        WeightFactors factors = WeightFactors.NONE
                .withRate(WeightDepth.of(network()).decay(0.5))
                .withDecay(name -> name.startsWith("fc") ? 2 : 1);
        return StepOptions.of(BATCH, new CrossEntropy(), optimizer).withClip(0).withFactors(factors);
    }

    /** @param heldFor steps in which only the last layer is trained */
    private static Model matches(String name, StepOptions options, double rate, int heldFor) {
        StepOptions held = options.withFactors(options.factors().holding(TRUNK));
        try (Stepper stepper = new Stepper(network(), heldFor > 0 ? held : options, SessionOptions.defaults(), 0)) {
            for (int i = 0; i < STEPS; i++) {
                if (i >= heldFor) {
                    stepper.enter(options);
                }
                Map<String, NativeTensor> feeds = feeds(i);
                Stepper.Result result = stepper.run(feeds, new Stepper.Settings(rate, Double.NaN, 0.8));
                feeds.values().forEach(NativeTensor::close);
                assertThat(result.loss())
                        .isCloseTo((float) Reference.doubles("groups." + name + ".losses")[i], Offset.offset(1e-5f));
            }
            Model model = stepper.state().snapshot(false);
            WEIGHTS.forEach(weight -> assertSame(model, weight, "groups." + name + "." + weight));
            for (String mean : List.of("bn1.running_mean", "bn2.running_mean")) {
                assertSame(model, mean, "groups." + name + "." + mean);
            }
            return model;
        }
    }

    private static void assertSame(Model model, String weight, String reference) {
        assertThat(floats(model, weight))
                .as(reference)
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(Reference.floats(reference));
    }

    private static float[] floats(Model model, String name) {
        return model.graph().find(name).constant().floats();
    }

    @Test
    void nesterovWithRatesByDepthIsPyTorchs() {
        matches("sgd", options(new Optimizer.Sgd(0.9, true, 0.02)), 0.1, 0);
    }

    @Test
    void adamWithRatesByDepthIsPyTorchs() {
        matches("adam", options(new Optimizer.Adam(0.02)), 0.02, 0);
    }

    @Test
    void adamWithDecoupledDecayAndRatesByDepthIsPyTorchs() {
        matches("adamw", options(new Optimizer.AdamW(0.5)), 0.02, 0);
    }

    @Test
    void batchNormsKeptAtInferenceTrainTheirScalesOnly() {
        Model model = matches("kept", options(new Optimizer.AdamW(0.5)).withKeptStatistics(name -> true), 0.02, 0);
        for (String name : List.of("bn1.running_mean", "bn1.running_var", "bn2.running_mean", "bn2.running_var")) {
            assertThat(floats(model, name)).containsExactly(Reference.floats("groups.start." + name));
        }
    }

    @Test
    void someBatchNormsAreKeptAndOthersFollowTheData() {
        Model model = matches(
                "keptfirst",
                options(new Optimizer.Sgd(0.9, false, 0.02)).withKeptStatistics(name -> name.startsWith("bn1")),
                0.1,
                0);
        // To the bit: nothing of rounding from mixing old statistics with themselves.
        assertThat(floats(model, "bn1.running_var")).containsExactly(Reference.floats("groups.start.bn1.running_var"));
        assertThat(floats(model, "bn2.running_var")).isNotEqualTo(Reference.floats("groups.start.bn2.running_var"));
    }

    @Test
    void theHeadFirstThenAllIsPyTorchsWithAdam() {
        matches("phases", options(new Optimizer.AdamW(0.5)).withPhased(true), 0.02, 2);
    }

    @Test
    void theHeadFirstThenAllIsPyTorchsWithMomentum() {
        matches("phasessgd", options(new Optimizer.Sgd(0.9, false, 0.02)).withPhased(true), 0.1, 2);
    }

    @Test
    void heldWeightsStayToTheBit() {
        StepOptions options = options(new Optimizer.AdamW(0.5)).withPhased(true);
        try (Stepper stepper = new Stepper(
                network(), options.withFactors(options.factors().holding(TRUNK)), SessionOptions.defaults(), 0)) {
            Map<String, NativeTensor> feeds = feeds(0);
            stepper.run(feeds, new Stepper.Settings(0.02, Double.NaN, 0.8));
            feeds.values().forEach(NativeTensor::close);
            for (boolean averaged : new boolean[] {false, true}) {
                Model model = stepper.state().snapshot(averaged);
                WEIGHTS.stream().filter(TRUNK).forEach(name -> assertThat(floats(model, name))
                        .containsExactly(Reference.floats("groups.start." + name)));
                assertThat(floats(model, "fc.weight")).isNotEqualTo(Reference.floats("groups.start.fc.weight"));
            }
        }
    }

    @Test
    void aBatchOfOneIsEnoughWhereBatchNormsAreKept() {
        StepOptions one = StepOptions.of(1, new CrossEntropy(), new Optimizer.Sgd(0.9, false, 0));
        assertThat(StepGraph.fused(network(), one.withKeptStatistics(name -> true)))
                .isNotNull();
        assertThatThrownBy(() -> StepGraph.fused(network(), one)).hasMessageContaining("batch size is 1");
    }

    @Test
    void theCutStepIsTheSame() {
        StepOptions options = options(new Optimizer.AdamW(0.5)).withKeptStatistics(name -> name.startsWith("bn1"));
        Stepper.Settings settings = new Stepper.Settings(0.02, Double.NaN, 0.8);
        Map<String, NativeTensor> feeds = feeds(0);
        try (Stepper fused = new Stepper(network(), options, SessionOptions.defaults(), 0);
                CutStepper cut = new CutStepper(network(), options, SessionOptions.defaults(), 0)) {
            fused.run(feeds, settings);
            cut.update(cut.gradient(feeds), settings);
            Model expected = fused.state().snapshot(false);
            Model found = cut.state().snapshot(false);
            WEIGHTS.forEach(name -> assertThat(floats(found, name)).containsExactly(floats(expected, name)));
            assertThat(floats(found, "bn1.running_mean"))
                    .containsExactly(Reference.floats("groups.start.bn1.running_mean"));
        }
        feeds.values().forEach(NativeTensor::close);
    }

    @Test
    void depthsAreCountedFromTheHead() {
        WeightDepth depth = WeightDepth.of(network());
        assertThat(depth.blocks()).isEqualTo(3);
        assertThat(WEIGHTS.stream().map(depth::of)).containsExactly(2, 2, 2, 1, 1, 1, 0, 0);
        assertThat(WEIGHTS.stream().filter(depth.belowTop(2)))
                .containsExactly("conv1.weight", "bn1.weight", "bn1.bias");
        assertThatThrownBy(() -> depth.decay(0)).hasMessageContaining("more than 0 and at most 1");
    }

    @Test
    void refusesWhatCannotBe() {
        StepOptions options = options(new Optimizer.AdamW(0.5));
        assertThatThrownBy(
                        () -> StepGraph.fused(network(), options.withFactors(WeightFactors.NONE.withRate(name -> -1))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("learning rate of 'bn1.weight' is -1.0");
        assertThatThrownBy(() -> StepGraph.fused(
                        network(), options.withFactors(WeightFactors.NONE.withDecay(name -> Double.NaN))))
                .hasMessageContaining("weight decay of 'conv1.weight' is NaN");
        assertThatThrownBy(
                        () -> StepGraph.fused(network(), options.withFactors(WeightFactors.NONE.holding(name -> true))))
                .hasMessageContaining("all weights are frozen or held");
        try (Stepper stepper = new Stepper(network(), options, SessionOptions.defaults(), 0)) {
            assertThatThrownBy(() -> stepper.enter(options.withFrozen(TRUNK)))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("hold weights by factors of 0");
        }
    }
}
