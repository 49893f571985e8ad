package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.objective.MeanSquaredError;
import dev.hone.train.objective.Objective;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two inputs of different rank and type, numbers and classes to learn, and ways to choose the best epoch. */
class RowTrainingTest {
    private static final int BATCH = 32;
    private static final List<String> LABELS = List.of("low", "high");

    private static Trainer trainer(Objective objective, boolean classes, Validation validation, TrainingPlan plan) {
        return new Trainer(
                Rows.network(),
                StepOptions.of(BATCH, objective, new Optimizer.AdamW(0.001)),
                plan,
                new Rows(20 * BATCH, BATCH, 1, classes),
                validation,
                "rows",
                SessionOptions.defaults(),
                TrainingListener.NONE);
    }

    private static Trainer.Outcome train(Objective objective, boolean classes, Validation validation) {
        try (Trainer trainer = trainer(
                objective, classes, validation, TrainingPlan.of(12, 1e-2).withAverageDecay(0.9))) {
            return trainer.run();
        }
    }

    @Test
    void learnsNumbers() {
        Validation validation = Validation.regression(new Rows(100, BATCH, 9, false));
        double before =
                validation.measure(Rows.network(), SessionOptions.defaults()).get(Validation.RMSE);
        Trainer.Outcome outcome = train(new MeanSquaredError(), false, validation);
        History.Epoch best = outcome.history().best();
        assertThat(before).isGreaterThan(1.5);
        assertThat(best.validation(Validation.RMSE)).isLessThan(0.15);
        assertThat(best.validationLoss()).isCloseTo(Math.pow(best.validation(Validation.RMSE), 2), Offset.offset(1e-9));
        assertThat(validation.measure(outcome.model(), SessionOptions.defaults()))
                .isEqualTo(best.validation());
        assertThat(outcome.history().curves())
                .containsOnlyKeys("training loss", "validation loss", "validation RMSE", "rate");
        assertThat(outcome.history().summary()).contains("with validation RMSE 0.");
        assertThat(best.validationMacroF1()).isNaN();
    }

    @Test
    void choosesTheEpochByWhatIsAskedFor() {
        Rows rows = new Rows(100, BATCH, 9, true);
        for (SelectBy by : List.of(SelectBy.AUC, SelectBy.LOG_LOSS, SelectBy.MACRO_F1)) {
            Trainer.Outcome outcome = train(new CrossEntropy(), true, Validation.classification(rows, LABELS, by));
            History history = outcome.history();
            assertThat(history.best().validation(Validation.AUC)).isGreaterThan(0.98);
            for (History.Epoch e : history.epochs()) {
                double best = history.best().validation(by.metric());
                assertThat(e.validation(by.metric()) * (by == SelectBy.LOG_LOSS ? -1 : 1))
                        .isLessThanOrEqualTo(best * (by == SelectBy.LOG_LOSS ? -1 : 1));
            }
            assertThat(history.curves()).containsKey("validation " + by.metric());
            assertThat(Validation.classification(rows, LABELS, by).measure(outcome.model(), SessionOptions.defaults()))
                    .isEqualTo(history.best().validation());
        }
        assertThatThrownBy(() -> Validation.classification(rows, LABELS, SelectBy.RMSE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("a classifier has no RMSE");
    }

    @Test
    void theBetterOfTwoMeasurements() {
        Map<String, Double> first = Map.of(Validation.LOSS, 0.5, Validation.AUC, 0.9, Validation.MACRO_F1, 0.7);
        Map<String, Double> second = Map.of(Validation.LOSS, 0.4, Validation.AUC, 0.8, Validation.MACRO_F1, 0.7);
        Map<String, Double> none = Map.of(Validation.LOSS, 0.1, Validation.AUC, Double.NaN);
        assertThat(SelectBy.AUC.isBetter(first, second)).isTrue();
        assertThat(SelectBy.AUC.isBetter(none, second)).isFalse();
        assertThat(SelectBy.AUC.isBetter(second, none)).isTrue();
        assertThat(SelectBy.LOG_LOSS.isBetter(first, second)).isFalse();
        assertThat(SelectBy.MACRO_F1.isBetter(first, second)).isFalse();
        assertThat(SelectBy.MACRO_F1.isBetter(second, first)).isTrue();
    }

    /** Checkpoints hold metrics by name, and belong to one objective and one way of choosing. */
    @Test
    void resumesAndTellsObjectivesApart(@TempDir Path folder) {
        TrainingPlan plan = TrainingPlan.of(4, 1e-2).withCheckpoint(folder.resolve("rows.checkpoint"));
        Validation validation = Validation.classification(new Rows(100, BATCH, 9, true), LABELS, SelectBy.AUC);
        Trainer.Outcome whole;
        try (Trainer trainer = trainer(new CrossEntropy(), true, validation, TrainingPlan.of(4, 1e-2))) {
            whole = trainer.run();
        }
        TrainingListener stop = new TrainingListener() {
            private int steps;

            @Override
            public void step(int epoch, int step, float loss) {
                steps++;
            }

            @Override
            public boolean isCancelled() {
                return steps >= 30;
            }
        };
        try (Trainer trainer = new Trainer(
                Rows.network(),
                StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.AdamW(0.001)),
                plan,
                new Rows(20 * BATCH, BATCH, 1, true),
                validation,
                "rows",
                SessionOptions.defaults(),
                stop)) {
            assertThat(trainer.run().finished()).isFalse();
        }
        for (Objective other : List.of(new CrossEntropy().withSmoothing(0.1), new MeanSquaredError())) {
            try (Trainer trainer = trainer(other, true, validation, plan)) {
                assertThatThrownBy(trainer::run).hasMessageContaining("a different run");
            }
        }
        Validation byLoss = Validation.classification(new Rows(100, BATCH, 9, true), LABELS, SelectBy.LOG_LOSS);
        try (Trainer trainer = trainer(new CrossEntropy(), true, byLoss, plan)) {
            assertThatThrownBy(trainer::run).hasMessageContaining("a different run");
        }
        try (Trainer trainer = trainer(new CrossEntropy(), true, validation, plan)) {
            Trainer.Outcome resumed = trainer.run();
            assertThat(resumed.history().epochs())
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("samplesPerSecond")
                    .isEqualTo(whole.history().epochs());
        }
    }

    @Test
    void cancelledBeforeTheFirstStepDoesNone() {
        TrainingListener cancelled = new TrainingListener() {
            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        try (Trainer trainer = new Trainer(
                Rows.network(),
                StepOptions.of(BATCH, new MeanSquaredError(), new Optimizer.Adam(0)),
                TrainingPlan.of(3, 1e-2),
                new Rows(20 * BATCH, BATCH, 1, false),
                null,
                "rows",
                SessionOptions.defaults(),
                cancelled)) {
            Trainer.Outcome outcome = trainer.run();
            assertThat(outcome.finished()).isFalse();
            assertThat(outcome.history().epochs()).isEmpty();
            Model model = outcome.model();
            assertThat(model.graph().find("first").constant().floats())
                    .containsExactly(
                            Rows.network().graph().find("first").constant().floats());
        }
    }

    @Test
    void namesAnArrayThatTheBatchesLack() {
        Objective needs = new MeanSquaredError();
        Model model = Rows.network();
        model.graph().inputs().get(1).setName("kinds");
        try (Trainer trainer = new Trainer(
                model,
                StepOptions.of(BATCH, needs, new Optimizer.Adam(0)),
                TrainingPlan.of(1, 1e-2),
                new Rows(BATCH, BATCH, 1, false),
                null,
                "rows",
                SessionOptions.defaults(),
                TrainingListener.NONE)) {
            assertThatThrownBy(trainer::run)
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("no array for the model's input 'kinds'");
        }
    }
}
