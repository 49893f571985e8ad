package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.DataSets;
import dev.hone.model.GoodClass;
import dev.hone.model.InputSpec;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.Validation;
import dev.hone.train.objective.Distillation;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.store.PixelStatistics;
import java.nio.file.Path;
import java.util.Locale;

/** Trains a classifier of images. */
final class ImageTraining {
    private final TrainOptions options;
    private final LearningOptions learning;
    private final NetworkBuilder network;
    private final Progress progress;
    private Model teacher;

    ImageTraining(TrainOptions options, Progress progress) {
        this.options = options;
        this.learning = options.learning().forImages();
        this.network = new NetworkBuilder(options.network());
        this.progress = progress;
    }

    /** Learns from another model too, by distillation; null for labels alone. */
    ImageTraining learningFrom(Model model) {
        this.teacher = model;
        return this;
    }

    TrainResult run() {
        long began = System.nanoTime();
        DataSet set = DataSets.divided(DataSets.open(options.data(), options.dataOptions(), progress), options.seed());
        ImageStore store = open(set);
        return run(store.dataSet(), store, began);
    }

    /** Checks what can be checked before images are decoded, and decodes them. */
    ImageStore open(DataSet set) {
        set.requireTrainable();
        GoodClass.index(set.classes(), options.good());
        ImageStore.Form form = network.form(set);
        network.check(set.classes(), form);
        return DataSets.store(set, form, options.dataOptions(), progress);
    }

    /**
     * @param set the samples of the store, divided
     * @param began when the job did, as {@link System#nanoTime} gave it
     */
    TrainResult run(DataSet set, ImageStore store, long began) {
        set.requireTrainable();
        set.balanceNotices().forEach(progress::warning);
        set.revision().notices().forEach(progress::warning);
        progress.info(described(set, store.form()));
        Path checkpoint = TrainingRun.checkpoint(options);
        Trainer.Outcome outcome = train(set, store, checkpoint, began);
        return new TrainResult(
                options.output(),
                outcome.finished(),
                checkpoint,
                set.classes(),
                "Images",
                set.indices(Split.TRAIN).length,
                set.indices(Split.VALIDATION).length,
                set.indices(Split.TEST).length,
                outcome.history(),
                TimeLimit.of(options.learning().minutes(), outcome),
                null,
                (System.nanoTime() - began) / 1e9);
    }

    private static String described(DataSet set, ImageStore.Form form) {
        return String.format(
                Locale.ROOT,
                "%d training, %d validation, %d test images of %d classes, %d x %d %s",
                set.indices(Split.TRAIN).length,
                set.indices(Split.VALIDATION).length,
                set.indices(Split.TEST).length,
                set.classes().size(),
                form.width(),
                form.height(),
                form.channels() == 1 ? "grayscale" : "RGB");
    }

    private Trainer.Outcome train(DataSet set, ImageStore store, Path checkpoint, long began) {
        int[] training = set.indices(Split.TRAIN);
        int[] validation = set.indices(Split.VALIDATION);
        Model start = network.build(set.classes(), store.form(), store, training, options.seed());
        int batch = Math.min(learning.batch(), Math.max(2, training.length));
        Learning plans = new Learning(learning);
        StepOptions step = plans.step(batch, set.counts(Split.TRAIN), network.frozen(start));
        if (teacher != null) {
            step = step.withObjective(
                    new Distillation(teacher, FoldTraining.TEMPERATURE, FoldTraining.TEACHER, step.objective()));
        }
        ImageBatches batches = ImageBatches.of(store, training, batch)
                .shuffled(options.seed())
                .augmented(options.augmentation().augmentation())
                .balanced(learning.balance())
                .droppingLast();
        ImageStore.Form form = store.form();
        InputSpec input = new InputSpec.OfImage(
                form.channels(), form.height(), form.width(), form.mode().name().toLowerCase(Locale.ROOT));
        String identity =
                options.network() + ", " + options.augmentation().augmentation() + ", balance " + learning.balance();
        return new TrainingRun(
                        options,
                        set.classes(),
                        input,
                        set.revision().id(),
                        identity,
                        "images",
                        PixelStatistics.of(store, training, form),
                        progress)
                .run(
                        start,
                        step,
                        plans.plan(options.seed(), checkpoint),
                        batches,
                        validation.length == 0
                                ? null
                                : Validation.classification(ImageBatches.of(store, validation, 32), set.classes()),
                        began);
    }
}
