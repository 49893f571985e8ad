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
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.objective.AttachedModel;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.objective.Distillation;
import dev.hone.train.objective.Objective;
import dev.hone.train.objective.ObjectiveContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Objectives that are not the library's, by finite differences of their loss. */
class OwnObjectiveTest {
    private static final int BATCH = 4;
    private static final Random RANDOM = new Random(5);
    private static final Stepper.Settings STILL = new Stepper.Settings(0, 0, 0);

    private static float[] random(int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (RANDOM.nextGaussian() * scale);
        }
        return values;
    }

    /** Smooth, so that finite differences tell: convolution (batch norm) tanh, matrix. */
    private static Model network(boolean batchNorm) {
        Graph graph = new Graph("smooth");
        Ops o = new Ops(graph);
        Value x =
                graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2), Dim.of(5), Dim.of(5)));
        Value y = o.op(
                "Conv",
                Map.of("pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2}),
                x,
                graph.addConstant("conv", Tensor.ofFloats(random(3 * 2 * 9, 0.4), 3, 2, 3, 3)));
        if (batchNorm) {
            y = o.op(
                    "BatchNormalization",
                    y,
                    graph.addConstant("scale", Tensor.ofFloats(new float[] {1, 1.5f, 0.5f}, 3)),
                    graph.addConstant("shift", Tensor.ofFloats(new float[] {0, 0.1f, -0.1f}, 3)),
                    graph.addConstant("mean", Tensor.filled(ElementType.FLOAT, 0, 3)),
                    graph.addConstant("variance", Tensor.filled(ElementType.FLOAT, 1, 3)));
        }
        y = o.op("Tanh", y);
        y.setName("features");
        y = o.op(
                "Gemm",
                o.op("Flatten", y),
                graph.addConstant("fc", Tensor.ofFloats(random(27 * 3, 0.4), 27, 3)),
                graph.addConstant("bias", Tensor.ofFloats(random(3, 0.1), 3)));
        y.setName("logits");
        graph.addOutput(y);
        return new Model(graph);
    }

    /** Cross-entropy, the mean square of the features and of a weight, and of the gradient of the logits by the image. */
    private record Penalized(double penalty) implements Objective {
        @Override
        public Value loss(ObjectiveContext c) {
            Ops o = c.ops();
            Value slope = c.gradient(c.output("logits"), c.input("image"));
            Value squared = o.mul(o.op("ReduceSumSquare", Map.of("keepdims", 0), slope), penalty / c.batch());
            c.metric("penalty", squared);
            Value features = o.op("ReduceSumSquare", Map.of("keepdims", 0), c.value("features"));
            Value weight = o.op("ReduceSumSquare", Map.of("keepdims", 0), c.value("fc"));
            Value loss = o.add(new CrossEntropy().loss(c), squared);
            return o.add(o.add(loss, o.mul(features, 0.05)), o.mul(weight, 0.01));
        }

        @Override
        public String describe() {
            return "cross-entropy with a gradient penalty of " + penalty;
        }
    }

    /** Adversarial training by the fast gradient sign method: the loss of the images moved along its gradient's sign. */
    private record Adversarial(float distance) implements Objective {
        @Override
        public Value loss(ObjectiveContext c) {
            Ops o = c.ops();
            Value clean = new CrossEntropy().loss(c);
            Value sign = o.op("Sign", c.gradient(clean, c.input("image")));
            AttachedModel moved = c.again(Map.of("image", o.add(c.input("image"), o.mul(sign, distance))));
            Value logP = o.op("LogSoftmax", moved.output("logits"));
            Value target = c.targets().get(Batch.TARGETS);
            Value adversarial = o.mul(o.reduceSum(o.mul(logP, target), false, 0, 1), -1.0 / c.batch());
            c.metric("clean", clean);
            return o.add(o.mul(clean, 0.5), o.mul(adversarial, 0.5));
        }

        @Override
        public String describe() {
            return "adversarial at " + distance;
        }
    }

    private static Map<String, NativeTensor> feeds() {
        Random random = new Random(8);
        float[] images = new float[BATCH * 50];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        float[] targets = new float[BATCH * 3];
        for (int i = 0; i < BATCH; i++) {
            targets[3 * i + i % 3] = 1;
        }
        return new HashMap<>(Map.of(
                "image",
                NativeTensor.ofFloats(images, BATCH, 2, 5, 5),
                Batch.TARGETS,
                NativeTensor.ofFloats(targets, BATCH, 3)));
    }

    private static StepOptions options(Objective objective) {
        return StepOptions.of(BATCH, objective, new Optimizer.Sgd(0, false, 0)).withClip(0);
    }

    /** Compares the gradient with central differences of fourth order in random directions. */
    private static void agreesWithFiniteDifferences(Model model, Objective objective) {
        Map<String, NativeTensor> feeds = feeds();
        try (CutStepper stepper = new CutStepper(model, options(objective), SessionOptions.defaults(), 0)) {
            float[] start = new float[(int) stepper.layout().weights().total()];
            stepper.state().vector(StepGraph.WEIGHTS).get(start);
            float[] gradient = new float[start.length];
            stepper.gradient(feeds).vector().get(gradient);
            Random random = new Random(3);
            for (int k = 0; k < 4; k++) {
                double[] direction = new double[start.length];
                double along = 0;
                for (int i = 0; i < start.length; i++) {
                    direction[i] = random.nextGaussian();
                    along += direction[i] * gradient[i];
                }
                double h = 4e-3;
                double near = loss(stepper, feeds, start, direction, h) - loss(stepper, feeds, start, direction, -h);
                double far =
                        loss(stepper, feeds, start, direction, 2 * h) - loss(stepper, feeds, start, direction, -2 * h);
                double slope = (8 * near - far) / (12 * h);
                assertThat(slope).isCloseTo(along, Offset.offset(2e-3 * Math.max(1, Math.abs(along))));
            }
        }
        feeds.values().forEach(NativeTensor::close);
    }

    private static double loss(
            CutStepper stepper, Map<String, NativeTensor> feeds, float[] start, double[] direction, double step) {
        float[] moved = new float[start.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (start[i] + step * direction[i]);
        }
        stepper.state().vector(StepGraph.WEIGHTS).put(moved);
        return stepper.gradient(feeds).loss();
    }

    @Test
    void aGradientPenaltyIsDifferentiatedAgain() {
        Model model = network(false);
        agreesWithFiniteDifferences(model, new Penalized(0.5));
        Map<String, NativeTensor> feeds = feeds();
        try (Stepper with = new Stepper(model, options(new Penalized(0.5)), SessionOptions.defaults(), 0);
                Stepper more = new Stepper(model, options(new Penalized(1)), SessionOptions.defaults(), 0)) {
            Stepper.Result first = with.run(feeds, STILL);
            Stepper.Result second = more.run(feeds, STILL);
            float penalty = first.metrics().get("penalty");
            assertThat(penalty).isGreaterThan(0.05f);
            assertThat(second.metrics().get("penalty")).isCloseTo(2 * penalty, Offset.offset(1e-5f));
            assertThat(second.loss()).isCloseTo(first.loss() + penalty, Offset.offset(1e-5f));
            assertThat(first.metrics()).containsKey("accuracy");
        }
        feeds.values().forEach(NativeTensor::close);
    }

    @Test
    void aGradientPenaltyGoesThroughBatchNorm() {
        agreesWithFiniteDifferences(network(true), new Penalized(0.2));
    }

    @Test
    void anAttackInTheGraphRaisesTheLoss() {
        Model model = network(true);
        Map<String, NativeTensor> feeds = feeds();
        try (Stepper still = new Stepper(model, options(new Adversarial(0)), SessionOptions.defaults(), 0);
                Stepper attacked = new Stepper(model, options(new Adversarial(0.1f)), SessionOptions.defaults(), 0);
                Stepper plain = new Stepper(model, options(new CrossEntropy()), SessionOptions.defaults(), 0)) {
            float expected = plain.run(feeds, STILL).loss();
            assertThat(still.run(feeds, STILL).loss()).isCloseTo(expected, Offset.offset(1e-6f));
            Stepper.Result result = attacked.run(feeds, STILL);
            assertThat(result.metrics().get("clean")).isCloseTo(expected, Offset.offset(1e-6f));
            assertThat(result.loss()).isGreaterThan(expected + 0.05f);
            // The statistics are those of the images as they are.
            assertThat(floats(attacked.state(), StepGraph.STATISTICS))
                    .containsExactly(floats(plain.state(), StepGraph.STATISTICS), Offset.offset(1e-6f));
        }
        try (CutStepper attacked = new CutStepper(model, options(new Adversarial(0.1f)), SessionOptions.defaults(), 0);
                CutStepper plain = new CutStepper(model, options(new CrossEntropy()), SessionOptions.defaults(), 0)) {
            assertThat(attacked.gradient(feeds).statistics().array())
                    .containsExactly(plain.gradient(feeds).statistics().array(), Offset.offset(1e-6f));
        }
        feeds.values().forEach(NativeTensor::close);
    }

    private static float[] floats(TrainingState state, String name) {
        float[] values = new float[state.vector(name).remaining()];
        state.vector(name).get(values);
        return values;
    }

    /** A model is its own best teacher: nothing to learn, though there are as many weights again in the graph. */
    @Test
    void aTeacherStaysAsItIs() {
        Model model = network(false);
        Map<String, NativeTensor> feeds = feeds();
        feeds.remove(Batch.TARGETS).close();
        Objective own = new Distillation(model, 2, 1, new CrossEntropy());
        Objective other = new Distillation(network(true), 2, 1, new CrossEntropy());
        try (Stepper same = new Stepper(model, options(own), SessionOptions.defaults(), 0);
                Stepper taught = new Stepper(model, options(other), SessionOptions.defaults(), 0)) {
            Stepper.Result result = same.run(feeds, STILL);
            assertThat(result.loss()).isCloseTo(0, Offset.offset(1e-6f));
            assertThat(result.gradientNorm()).isCloseTo(0, Offset.offset(1e-5f));
            assertThat(taught.layout().weights().entries().stream().map(FlatLayout.Entry::name))
                    .containsExactlyInAnyOrder("conv", "fc", "bias");
            float first = taught.run(feeds, new Stepper.Settings(0.1, 0, 0)).loss();
            float last = first;
            for (int i = 0; i < 60; i++) {
                last = taught.run(feeds, new Stepper.Settings(0.1, 0, 0)).loss();
            }
            assertThat(first).isGreaterThan(0.05f);
            assertThat(last).isLessThan(0.3f * first);
        }
        feeds.values().forEach(NativeTensor::close);
    }

    /** At temperature 1 the gradient is that of cross-entropy against labels mixed with the teacher's probabilities. */
    @Test
    void distillationAtTemperatureOneIsMixedTargets() {
        Model model = network(false);
        Model teacher = network(false);
        double share = 0.7;
        Map<String, NativeTensor> feeds = feeds();
        Map<String, NativeTensor> mixed = new HashMap<>(feeds);
        float[] targets = feeds.get(Batch.TARGETS).floats();
        try (Session session = Session.open(OnnxWriter.toBytes(teacher), SessionOptions.defaults());
                NativeTensor logits =
                        session.run(Map.of("image", feeds.get("image"))).get("logits")) {
            float[] x = logits.floats();
            for (int row = 0; row < BATCH; row++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    sum += Math.exp(x[3 * row + k]);
                }
                for (int k = 0; k < 3; k++) {
                    int at = 3 * row + k;
                    targets[at] = (float) (share * Math.exp(x[at]) / sum + (1 - share) * targets[at]);
                }
            }
        }
        mixed.put(Batch.TARGETS, NativeTensor.ofFloats(targets, BATCH, 3));
        Objective distillation = new Distillation(teacher, 1, share, new CrossEntropy());
        try (CutStepper taught = new CutStepper(model, options(distillation), SessionOptions.defaults(), 0);
                CutStepper plain = new CutStepper(model, options(new CrossEntropy()), SessionOptions.defaults(), 0)) {
            assertThat(taught.gradient(feeds).vector().array())
                    .containsExactly(plain.gradient(mixed).vector().array(), Offset.offset(1e-6f));
        }
        mixed.get(Batch.TARGETS).close();
        feeds.values().forEach(NativeTensor::close);
    }

    @Test
    void aLossIsOneNumber() {
        Objective many = new Objective() {
            @Override
            public Value loss(ObjectiveContext context) {
                return context.output(0);
            }

            @Override
            public String describe() {
                return "the logits themselves";
            }
        };
        assertThatThrownBy(() -> StepGraph.fused(network(false), options(many)))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("the logits themselves")
                .hasMessageContaining("expected a scalar");
    }

    @Test
    void aValueThatIsMissingIsNamed() {
        Objective unknown = new Objective() {
            @Override
            public Value loss(ObjectiveContext context) {
                return context.value("missing");
            }

            @Override
            public String describe() {
                return "a value of the model";
            }
        };
        assertThatThrownBy(() -> StepGraph.fused(network(false), options(unknown)))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("no value 'missing'");
    }
}
