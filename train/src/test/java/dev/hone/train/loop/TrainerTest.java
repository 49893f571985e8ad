package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.model.Provenance;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.Adapt;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final List<String> LABELS = List.of("lying", "standing");
    private static final int BATCH = 16;
    private static final Stripes TRAINING = new Stripes(6 * BATCH, BATCH, 1, true);
    private static final Stripes VALIDATION = new Stripes(40, BATCH, 2, false);
    private static final Validation BY_MACRO_F1 = Validation.classification(VALIDATION, LABELS);
    private static final StepOptions OPTIONS =
            StepOptions.of(BATCH, new CrossEntropy().withSmoothing(0.05), new Optimizer.AdamW(0.01));

    private static Model network() {
        return Networks.build(NetworkSpec.of("resnet-small", 2)
                .withInput(1, Stripes.SIZE, Stripes.SIZE, Normalization.uniform(1, 128, 50))
                .withMultipliers(0.34, 1)
                .withDropout(0.1)
                .withSeed(4));
    }

    private static Trainer trainer(Model start, TrainingPlan plan, TrainingListener listener) {
        return new Trainer(start, OPTIONS, plan, TRAINING, BY_MACRO_F1, "stripes", SessionOptions.defaults(), listener);
    }

    private static Trainer.Outcome train(TrainingPlan plan, TrainingListener listener) {
        try (Trainer trainer = trainer(network(), plan, listener)) {
            return trainer.run();
        }
    }

    @Test
    void learns() {
        List<Integer> steps = new ArrayList<>();
        Trainer.Outcome outcome = train(TrainingPlan.of(6, 1e-2), new TrainingListener() {
            @Override
            public void step(int epoch, int step, float loss) {
                steps.add(epoch * 100 + step);
            }
        });
        assertThat(outcome.finished()).isTrue();
        assertThat(steps).hasSize(36).startsWith(101, 102).endsWith(606);
        assertThat(outcome.history().best().validationMacroF1()).isGreaterThan(0.97);
        List<History.Epoch> epochs = outcome.history().epochs();
        assertThat(epochs.get(5).loss()).isLessThan(0.6 * epochs.get(0).loss());
        // What is returned is what was validated, and tells images apart that nobody has seen.
        assertThat(Evaluator.evaluate(
                                outcome.model(), new Stripes(64, 16, 77, false), LABELS, SessionOptions.defaults())
                        .confusion()
                        .accuracy())
                .isGreaterThan(0.95);
    }

    @Test
    void doesNotLearnWhereTheRateIsNothing() {
        TrainingPlan plan = TrainingPlan.of(2, 1e-2).withSchedule(new Schedule.Constant(1e-12));
        assertThat(train(plan, TrainingListener.NONE).history().best().validationLoss())
                .isGreaterThan(0.5);
    }

    @Test
    void sameSeedGivesSameWeights() {
        byte[] first = OnnxWriter.toBytes(
                train(TrainingPlan.of(2, 1e-2), TrainingListener.NONE).model());
        assertThat(OnnxWriter.toBytes(
                        train(TrainingPlan.of(2, 1e-2), TrainingListener.NONE).model()))
                .isEqualTo(first);
        assertThat(OnnxWriter.toBytes(train(TrainingPlan.of(2, 1e-2).withSeed(1), TrainingListener.NONE)
                        .model()))
                .isNotEqualTo(first);
    }

    /** Asks for a stop after so many steps. */
    private static final class StopAfter implements TrainingListener {
        private int left;

        StopAfter(int steps) {
            left = steps;
        }

        @Override
        public void step(int epoch, int step, float loss) {
            left--;
        }

        @Override
        public boolean isCancelled() {
            return left <= 0;
        }
    }

    @Test
    void resumingGivesTheWeightsOfAnUninterruptedRun(@TempDir Path folder) throws Exception {
        TrainingPlan plan = TrainingPlan.of(3, 1e-2).withCheckpoint(folder.resolve("run.checkpoint"));
        Trainer.Outcome whole = train(TrainingPlan.of(3, 1e-2), TrainingListener.NONE);
        // In the middle of an epoch, then at the end of one, then to the end.
        assertThat(train(plan, new StopAfter(4)).finished()).isFalse();
        assertThat(train(plan, new StopAfter(8)).finished()).isFalse();
        Trainer.Outcome resumed = train(plan, TrainingListener.NONE);
        assertThat(resumed.finished()).isTrue();
        assertThat(OnnxWriter.toBytes(resumed.model())).isEqualTo(OnnxWriter.toBytes(whole.model()));
        assertThat(resumed.history().epochs())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("samplesPerSecond")
                .isEqualTo(whole.history().epochs());
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void refusesTheCheckpointOfAnotherRun(@TempDir Path folder) {
        Path file = folder.resolve("run.checkpoint");
        train(TrainingPlan.of(3, 1e-2).withCheckpoint(file), new StopAfter(1));
        assertThatThrownBy(() -> train(TrainingPlan.of(3, 2e-2).withCheckpoint(file), TrainingListener.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("run.checkpoint")
                .hasMessageContaining("a different run")
                .hasMessageContaining("0.01")
                .hasMessageContaining("0.02")
                .hasMessageNotContaining("seed");
    }

    @Test
    void damagedCheckpointsAreNoticed(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("run.checkpoint");
        TrainingPlan plan = TrainingPlan.of(3, 1e-2).withCheckpoint(file);
        train(plan, new StopAfter(1));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> train(plan, TrainingListener.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("damaged");
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> train(plan, TrainingListener.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void aCheckpointThatCannotBeWrittenEndsTrainingOnlyWhereItWasToStop(@TempDir Path folder) {
        TrainingPlan plan = TrainingPlan.of(1, 1e-2)
                .withCheckpoint(folder.resolve("missing").resolve("run.checkpoint"));
        List<String> heard = new ArrayList<>();
        Trainer.Outcome outcome = train(plan, new TrainingListener() {
            @Override
            public void checkpointFailed(String why) {
                heard.add(why);
            }
        });
        assertThat(outcome.finished()).isTrue();
        assertThat(heard).singleElement().asString().contains("run.checkpoint: the checkpoint cannot be written");
        assertThatThrownBy(() -> train(plan, new StopAfter(1)))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void stopsWhereNothingGetsBetter() {
        TrainingPlan plan = TrainingPlan.of(40, 1e-2)
                .withSchedule(new Schedule.Constant(1e-12))
                .withAverageDecay(0)
                .withValidations(40)
                .withPatience(2);
        Trainer.Outcome outcome = train(plan, TrainingListener.NONE);
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.history().epochs().size()).isLessThan(40);
        assertThat(outcome.dropped()).as("by the time limit").isZero();
    }

    @Test
    void aTimeLimitSetsTheNumberOfEpochs() {
        int[] planned = new int[1];
        Trainer.Outcome outcome = train(TrainingPlan.of(10_000, 1e-2).withMinutes(0.03), new TrainingListener() {
            @Override
            public void started(int doneEpochs, int epochs, int stepsPerEpoch) {
                planned[0] = epochs;
            }
        });
        assertThat(planned[0]).isBetween(1, 9_999);
        assertThat(outcome.history().epochs()).hasSize(planned[0]);
    }

    /** Steps that take longer than those that were timed at first, as where other work begins. */
    @Test
    void aTimeLimitIsKeptOnASlowerMachine() {
        List<Integer> planned = new ArrayList<>();
        Trainer.Outcome outcome = train(TrainingPlan.of(10_000, 1e-2).withMinutes(0.3), new TrainingListener() {
            @Override
            public void started(int doneEpochs, int epochs, int stepsPerEpoch) {
                planned.add(epochs);
            }

            @Override
            public void step(int epoch, int step, float loss) {
                try {
                    Thread.sleep(200);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        int last = planned.get(planned.size() - 1);
        assertThat(last).isLessThan(planned.get(0));
        assertThat(outcome.history().epochs()).hasSize(last);
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.dropped()).isEqualTo(Collections.max(planned) - last).isPositive();
    }

    @Test
    void savedFileIsTheTrainedModelAndCanBeFineTuned(@TempDir Path folder) {
        Path file = folder.resolve("model.onnx");
        Provenance provenance =
                new Provenance("rev", 4, "0.1.0", "test", List.of("train", "stripes"), "", "", List.of("trained"));
        ModelCard card =
                new ModelCard(LABELS, new InputSpec.OfImage(1, 16, 16, "stretch"), "lying", Double.NaN, provenance);
        double before;
        try (Trainer trainer = trainer(network(), TrainingPlan.of(4, 1e-2), TrainingListener.NONE)) {
            Trainer.Outcome outcome = trainer.run();
            trainer.save(outcome.model(), card, file);
            before = outcome.history().best().validationLoss();
        }
        try (Session session = Session.open(file, SessionOptions.defaults())) {
            assertThat(ModelCard.read(session.metadata())).isEqualTo(card);
            assertThat(Evaluator.evaluate(OnnxReader.read(file), VALIDATION, LABELS, SessionOptions.defaults())
                            .logLoss())
                    .isCloseTo(before, org.assertj.core.data.Offset.offset(1e-5));
        }
        Model start = Adapt.replaceHead(OnnxReader.read(file), 2, null, 16, 16, 9);
        StepOptions headOnly = OPTIONS.withFrozen(Adapt.frozen(List.of("stem*", "layer*")));
        try (Trainer trainer = new Trainer(
                start,
                headOnly,
                TrainingPlan.of(3, 2e-2),
                TRAINING,
                BY_MACRO_F1,
                "",
                SessionOptions.defaults(),
                TrainingListener.NONE)) {
            Model tuned = trainer.run().model();
            assertThat(tuned.graph().find("layer1.0.conv1.weight").constant().floats())
                    .isEqualTo(start.graph()
                            .find("layer1.0.conv1.weight")
                            .constant()
                            .floats());
            assertThat(Evaluator.evaluate(tuned, VALIDATION, LABELS, SessionOptions.defaults())
                            .confusion()
                            .accuracy())
                    .isGreaterThan(0.9);
        }
        assertThat(Adapt.keepHead(OnnxReader.read(file), null, 16, 16).graph().find("fc.weight"))
                .isNotNull();
    }

    @Test
    void refusesABatchLargerThanTheData() {
        assertThatThrownBy(() -> new Trainer(
                        network(),
                        OPTIONS,
                        TrainingPlan.of(1, 1e-2),
                        new Stripes(BATCH - 1, BATCH, 1, true),
                        null,
                        "",
                        SessionOptions.defaults(),
                        TrainingListener.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("fewer than a batch");
    }
}
