package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    private static class StopAfter implements TrainingListener {
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

    /** Runs a plan to its end with the given listener, and marks its checkpoint as finished. */
    private static Trainer.Outcome finish(TrainingPlan plan, TrainingListener listener) {
        try (Trainer trainer = trainer(network(), plan, listener)) {
            Trainer.Outcome outcome = trainer.run();
            trainer.finish();
            return outcome;
        }
    }

    @Test
    void aFinishedRunGoesOnForMoreEpochs(@TempDir Path folder) {
        Path file = folder.resolve("run.checkpoint");
        TrainingPlan plan = TrainingPlan.of(2, 1e-2).withSchedule(new Schedule.WarmupCosine(1e-2, 0.06, 0));
        Trainer.Outcome first = finish(plan.withCheckpoint(file), TrainingListener.NONE);
        TrainingPlan longer = new TrainingPlan(
                8,
                0,
                null,
                plan.schedule(),
                plan.averageDecay(),
                plan.patience(),
                plan.validations(),
                0,
                file,
                List.of());
        List<String> heard = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        List<Integer> planned = new ArrayList<>();
        Trainer.Outcome second = finish(longer, new TrainingListener() {
            @Override
            public void started(int doneEpochs, int epochs, int stepsPerEpoch) {
                planned.add(epochs);
            }

            @Override
            public void resumed(Path checkpoint, int doneEpochs, boolean finished) {
                heard.add(checkpoint.getFileName() + " " + doneEpochs + " " + finished);
            }

            @Override
            public void step(int epoch, int step, float loss) {
                steps.add(epoch * 100 + step);
            }
        });
        assertThat(heard).containsExactly("run.checkpoint 2 true");
        assertThat(planned).containsExactly(8);
        assertThat(steps).hasSize(36).startsWith(301).endsWith(806);
        List<History.Epoch> epochs = second.history().epochs();
        assertThat(epochs.subList(0, 2)).isEqualTo(first.history().epochs());
        assertThat(epochs.stream().map(History.Epoch::epoch)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        // Up to the curve of the longer schedule, and along it to its end.
        assertThat(epochs.get(1).rate()).isLessThan(1e-3);
        assertThat(epochs.get(2).rate()).isBetween(6e-3, 9e-3);
        assertThat(epochs.get(7).rate()).isLessThan(1e-4);
        assertThat(second.history().best().validationLoss())
                .isLessThan(first.history().best().validationLoss());
    }

    /** The learning rate rises again from nothing, not at once to the longer schedule's. */
    @Test
    void theRateOfAContinuedRunRisesAgain() {
        EpochPace pace =
                new EpochPace(TrainingPlan.of(10, 1).withSchedule(new Schedule.WarmupCosine(1, 0, 0)), 100, 500);
        EpochPace whole =
                new EpochPace(TrainingPlan.of(10, 1).withSchedule(new Schedule.WarmupCosine(1, 0, 0)), 100, 0);
        assertThat(pace.rate(500)).isCloseTo(whole.rate(500) / 25, within(1e-12));
        assertThat(pace.rate(512)).isCloseTo(whole.rate(512) * 13 / 25, within(1e-12));
        assertThat(pace.rate(524)).isEqualTo(whole.rate(524));
        assertThat(pace.rate(900)).isEqualTo(whole.rate(900));
    }

    @Test
    void aContinuedRunCanBeInterruptedToo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("run.checkpoint");
        Path kept = folder.resolve("kept");
        TrainingPlan shorter = TrainingPlan.of(2, 1e-2).withCheckpoint(file);
        finish(shorter, TrainingListener.NONE);
        Files.copy(file, kept);
        TrainingPlan longer = TrainingPlan.of(5, 1e-2).withCheckpoint(file);
        Model whole = finish(longer, TrainingListener.NONE).model();
        Files.copy(kept, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(train(longer, new StopAfter(8)).finished()).isFalse();
        assertThat(OnnxWriter.toBytes(finish(longer, TrainingListener.NONE).model()))
                .isEqualTo(OnnxWriter.toBytes(whole));
    }

    /** What was finished does not hold up another run, nor the same one when it is asked for again. */
    @Test
    void aFinishedCheckpointIsNoneToARunThatIsNotLonger(@TempDir Path folder) {
        Path file = folder.resolve("run.checkpoint");
        TrainingPlan plan = TrainingPlan.of(2, 1e-2).withCheckpoint(file);
        byte[] first = OnnxWriter.toBytes(finish(plan, TrainingListener.NONE).model());
        Trainer.Outcome again = finish(plan, TrainingListener.NONE);
        assertThat(again.history().epochs()).hasSize(2);
        assertThat(OnnxWriter.toBytes(again.model())).isEqualTo(first);
        assertThat(finish(TrainingPlan.of(1, 2e-2).withCheckpoint(file), TrainingListener.NONE)
                        .history()
                        .epochs())
                .hasSize(1);
    }

    /** What is written while training goes on is the best model up to there, checked and loadable. */
    @Test
    void theBestModelIsOnDiskWhileTrainingGoesOn(@TempDir Path folder) {
        Path file = folder.resolve("model.onnx");
        ModelCard card = new ModelCard(
                LABELS,
                new InputSpec.OfImage(1, 16, 16, "stretch"),
                null,
                Double.NaN,
                new Provenance("rev", 4, "0", "test", List.of(), "", "", List.of()));
        List<Double> losses = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void improved(Improvement better) {
                better.save(card, file);
                losses.add(Evaluator.evaluate(OnnxReader.read(file), VALIDATION, LABELS, SessionOptions.defaults())
                                .logLoss()
                        - better.history().best().validationLoss());
            }
        };
        Trainer.Outcome outcome = train(TrainingPlan.of(8, 1e-2), listener);
        assertThat(outcome.finished()).isTrue();
        assertThat(losses).isNotEmpty().allSatisfy(difference -> assertThat(difference)
                .isCloseTo(0, within(1e-5)));
        // Of a run that is stopped, the last best one is there too.
        List<Integer> epochs = new ArrayList<>();
        StopAfter stop = new StopAfter(15) {
            @Override
            public void improved(Improvement better) {
                epochs.add(better.history().best().epoch());
            }
        };
        assertThat(train(TrainingPlan.of(8, 1e-2), stop).history().best().epoch())
                .isEqualTo(epochs.get(epochs.size() - 1));
    }

    /** Writing that takes long is done rarely. */
    @Test
    void improvementsAreFarApartWhereTheyAreDear() {
        List<Integer> heard = new ArrayList<>();
        int[] best = new int[1];
        train(TrainingPlan.of(12, 1e-2).withValidations(12), new TrainingListener() {
            @Override
            public void epoch(History.Epoch epoch, boolean isBest) {
                best[0] += isBest ? 1 : 0;
            }

            @Override
            public void improved(Improvement better) {
                heard.add(better.history().epochs().size());
                sleep(60_000 / 20);
            }
        });
        assertThat(best[0]).isGreaterThan(2);
        assertThat(heard).hasSize(1);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The epoch that the limit ends is validated and counts like any other. */
    @Test
    void anEpochIsCutShortByATimeLimit() {
        List<String> heard = new ArrayList<>();
        int[] steps = new int[1];
        TrainingPlan plan = TrainingPlan.of(100, 1e-2)
                .withSchedule(new Schedule.WarmupCosine(1e-2, 0.06, 0))
                .withDeadline(Deadline.in(4));
        Trainer.Outcome outcome = train(plan, new TrainingListener() {
            @Override
            public void step(int epoch, int step, float loss) {
                steps[0]++;
                sleep(900);
            }

            @Override
            public void limitTooShort(double epochSeconds) {
                heard.add("too short");
            }
        });
        assertThat(outcome.finished()).isTrue();
        assertThat(steps[0]).isBetween(1, 5);
        assertThat(outcome.history().epochs()).hasSize(1);
        History.Epoch only = outcome.history().best();
        assertThat(only.validationLoss()).isFinite();
        assertThat(only.loss()).isBetween(0.3, 1.5);
        assertThat(only.rate()).isLessThan(6e-3);
        assertThat(heard).as("steps take long only later").isEmpty();
    }

    @Test
    void aTimedRunGoesOnAfterAnInterruptionAndForLonger(@TempDir Path folder) {
        Path file = folder.resolve("run.checkpoint");
        TrainingPlan plan = TrainingPlan.of(10_000, 1e-2).withMinutes(0.04).withCheckpoint(file);
        Trainer.Outcome stopped = train(plan, new StopAfter(8));
        assertThat(stopped.finished()).isFalse();
        assertThat(Checkpoint.read(file).seconds()).isPositive();
        Trainer.Outcome finished = finish(plan, TrainingListener.NONE);
        assertThat(finished.finished()).isTrue();
        assertThat(finished.history().epochs().get(0))
                .isEqualTo(stopped.history().epochs().get(0));
        int before = finished.history().epochs().size();
        Trainer.Outcome longer = finish(plan.withMinutes(0.08), TrainingListener.NONE);
        assertThat(longer.history().epochs().size()).isGreaterThan(before);
        assertThat(longer.history().epochs().subList(0, before))
                .isEqualTo(finished.history().epochs());
        assertThat(Checkpoint.read(file).finished()).isTrue();
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
