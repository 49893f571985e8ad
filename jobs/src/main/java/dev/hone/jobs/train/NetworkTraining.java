package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.model.InputSpec;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.loop.Validation;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.store.PixelStatistics;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Trains a model on decoded images, step by step.
 *
 * @param learning nothing of it left open
 */
record NetworkTraining(TrainOptions options, ImageStore store, LearningOptions learning, Progress progress) {

    /**
     * @param step what of the step is different
     * @param plan what of the plan is different
     * @param identity of the start, for checkpoints
     * @param replaces whether the best model so far takes the place of the file that is there
     * @param began when the job did
     */
    Trainer.Outcome run(
            Model start,
            UnaryOperator<StepOptions> step,
            UnaryOperator<TrainingPlan> plan,
            String identity,
            Predicate<History> replaces,
            long began) {
        DataSet set = store.dataSet();
        int[] training = set.indices(Split.TRAIN);
        int batch = Math.min(learning.batch(), Math.max(2, training.length));
        Learning plans = new Learning(learning);
        ImageBatches batches = ImageBatches.of(store, training, batch)
                .shuffled(options.seed())
                .augmented(options.augmentation().augmentation())
                .balanced(learning.balance())
                .droppingLast();
        return file(
                        identity + ", " + options.augmentation().augmentation() + ", balance " + learning.balance(),
                        replaces)
                .run(
                        start,
                        step.apply(plans.step(batch, set.counts(Split.TRAIN))),
                        plan.apply(plans.plan(options.seed())),
                        batches,
                        validation(),
                        began);
    }

    /** What is written of a model trained on these images. */
    TrainingRun file(String identity, Predicate<History> replaces) {
        DataSet set = store.dataSet();
        ImageStore.Form form = store.form();
        return new TrainingRun(
                options,
                set.classes(),
                new InputSpec.OfImage(
                        form.channels(),
                        form.height(),
                        form.width(),
                        form.mode().name().toLowerCase(Locale.ROOT)),
                set.revision().id(),
                identity,
                "images",
                PixelStatistics.of(store, set.indices(Split.TRAIN), form),
                replaces,
                progress);
    }

    /** On the validation images; null if there are none. */
    Validation validation() {
        int[] validation = store.dataSet().indices(Split.VALIDATION);
        return validation.length == 0
                ? null
                : Validation.classification(
                        ImageBatches.of(store, validation, 32), store.dataSet().classes());
    }
}
