package dev.hone.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ObjectivesTest {
    private static float[] hard() {
        int[] labels = Reference.ints("loss.labels");
        float[] targets = new float[labels.length * 4];
        for (int i = 0; i < labels.length; i++) {
            targets[4 * i + labels[i]] = 1;
        }
        return targets;
    }

    /** A model with a first output of logits x, and a second input that a teacher can read. */
    private static ObjectiveContext context(Graph graph) {
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(5, 4));
        Value other = graph.addInput("other", ElementType.FLOAT, Shape.of(5, 4));
        Map<String, Value> inputs = new LinkedHashMap<>();
        inputs.put("x", x);
        inputs.put("other", other);
        return new ObjectiveContext(new Model(graph), new AttachedModel(inputs, Map.of("logits", x), inputs), 5);
    }

    /** A model whose logits are its input {@code other}. */
    private static Model teacher(int classes) {
        Graph graph = new Graph("teacher");
        Value other = graph.addInput("other", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(4)));
        Ops o = new Ops(graph);
        graph.addOutput(classes == 4 ? o.op("Identity", other) : o.slice(other, 1, 0, classes, 1));
        return new Model(graph);
    }

    private static void matches(Objective objective, float[] targets, String name) {
        Graph graph = new Graph("loss");
        ObjectiveContext context = context(graph);
        Value loss = objective.loss(context);
        Value gradient = context.ops().op("Identity", context.gradient(loss, context.input("x")));
        graph.addOutput(loss);
        graph.addOutput(gradient);
        graph.sort();
        graph.uniqueNames();
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), SessionOptions.defaults());
                NativeTensor logits = NativeTensor.ofFloats(Reference.floats("loss.logits"), 5, 4);
                NativeTensor other = NativeTensor.ofFloats(Reference.floats("loss.teacher"), 5, 4);
                NativeTensor target = NativeTensor.ofFloats(targets, 5, 4)) {
            Map<String, NativeTensor> feeds = new LinkedHashMap<>(Map.of("x", logits, "other", other));
            if (context.targets().containsKey(Batch.TARGETS)) {
                feeds.put(Batch.TARGETS, target);
            }
            List<NativeTensor> outputs = List.copyOf(session.run(feeds).values());
            assertThat(outputs.get(0).scalar())
                    .isCloseTo((float) Reference.number("loss." + name), Offset.offset(1e-5f));
            assertThat(outputs.get(1).floats())
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(Reference.floats("loss." + name + ".gradient"));
            outputs.forEach(NativeTensor::close);
        }
    }

    @Test
    void theLogitAdjustedLossIsThatOfItsAuthors() {
        float[] prior = Reference.floats("loss.prior");
        float[] shift = new float[prior.length];
        for (int k = 0; k < shift.length; k++) {
            shift[k] = (float) (1.5 * Math.log(prior[k]));
        }
        matches(new CrossEntropy().withAdjustment(shift), hard(), "adjusted");
        matches(new CrossEntropy().withSmoothing(0.1).withAdjustment(shift), hard(), "adjustedsmooth");
        assertThatThrownBy(() -> matches(new CrossEntropy().withAdjustment(1, 2), hard(), "plain"))
                .hasMessageContaining("adjusted for 2 classes, the model has 4");
    }

    @Test
    void crossEntropyIsPyTorchs() {
        matches(new CrossEntropy(), hard(), "plain");
        matches(new CrossEntropy().withSmoothing(0.1), hard(), "smooth");
    }

    @Test
    void classWeightsAreAveragedAsPyTorchDoes() {
        float[] weights = Reference.floats("loss.weights");
        matches(new CrossEntropy().withSmoothing(0.1).withClassWeights(weights), hard(), "weighted");
    }

    @Test
    void mixedTargets() {
        matches(new CrossEntropy().withSmoothing(0.1), Reference.floats("loss.soft"), "mixed");
    }

    @Test
    void focalLoss() {
        matches(new FocalLoss(2), hard(), "focal");
        matches(new FocalLoss(0.5, 0, Reference.floats("loss.weights")), hard(), "focalweighted");
        matches(new FocalLoss(0), hard(), "plain");
    }

    @Test
    void distillationIsPyTorchs() {
        Model teacher = teacher(4);
        matches(new Distillation(teacher, 4, 0.7, new CrossEntropy()), hard(), "distil4");
        matches(new Distillation(teacher, 1, 1, new CrossEntropy()), hard(), "distil1");
        matches(new Distillation(teacher, 4, 0, new CrossEntropy()), hard(), "plain");
    }

    @Test
    void squaredErrorIsPyTorchs() {
        matches(new MeanSquaredError(), Reference.floats("loss.values"), "squared");
    }

    @Test
    void whatDecidesAboutTheLossIsInItsDescription() {
        Model teacher = teacher(4);
        List<Objective> different = List.of(
                new CrossEntropy(),
                new CrossEntropy().withSmoothing(0.1),
                new CrossEntropy().withClassWeights(1, 2),
                new CrossEntropy().withAdjustment(1, 2),
                new FocalLoss(0),
                new FocalLoss(1),
                new Distillation(teacher, 2, 0.5, new CrossEntropy()),
                new Distillation(teacher, 3, 0.5, new CrossEntropy()),
                new Distillation(teacher, 2, 0.6, new CrossEntropy()),
                new Distillation(teacher(3), 2, 0.5, new CrossEntropy()),
                new Distillation(teacher, 2, 0.5, new FocalLoss(1)),
                new MeanSquaredError());
        assertThat(different.stream().map(Objective::describe)).doesNotHaveDuplicates();
        assertThat(new Distillation(teacher(4), 2, 0.5, new CrossEntropy()).describe())
                .isEqualTo(different.get(6).describe());
    }

    @Test
    void refusesAWrongNumberOfWeights() {
        assertThatThrownBy(() -> matches(new CrossEntropy().withClassWeights(1, 2), hard(), "plain"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("2 class weights for 4 classes");
    }

    @Test
    void refusesATeacherOfOtherClasses() {
        Objective objective = new Distillation(teacher(3), 1, 1, new CrossEntropy());
        assertThatThrownBy(() -> objective.loss(context(new Graph("loss"))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("distinguishes 3 classes, the model 4");
    }

    @Test
    void refusesATeacherThatCannotBeFed() {
        Graph graph = new Graph("teacher");
        graph.addOutput(new Ops(graph)
                .op("Identity", graph.addInput("sound", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(4)))));
        Objective objective = new Distillation(new Model(graph), 1, 1, new CrossEntropy());
        assertThatThrownBy(() -> objective.loss(context(new Graph("loss"))))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'sound' is none of the trained model's inputs [x, other]");
    }

    @Test
    void aTargetCannotBeCalledAsAnInput() {
        ObjectiveContext context = context(new Graph("loss"));
        assertThatThrownBy(() -> context.target("x", ElementType.FLOAT, 4))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'x' is called as an input");
        context.target("y", ElementType.FLOAT, 4);
        assertThatThrownBy(() -> context.target("y", ElementType.INT64))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("also asked for as int64");
    }
}
