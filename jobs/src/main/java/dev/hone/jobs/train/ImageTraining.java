package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.train.loop.Trainer;
import dev.hone.train.objective.Distillation;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Trains the one network that the options ask for on images. */
final class ImageTraining {
    private final TrainOptions options;
    private final Progress progress;

    ImageTraining(TrainOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    TrainResult run(TrainingImages images) {
        long began = System.nanoTime();
        NetworkBuilder network = new NetworkBuilder(options.network());
        return run(images.decoded(network, progress), network, UnaryOperator.identity(), began);
    }

    /**
     * A network that learns from another model too, by distillation.
     *
     * @param store images of the size that the teacher takes
     */
    TrainResult distilled(ImageStore store, Model teacher) {
        UnaryOperator<StepOptions> distillation = step -> step.withObjective(
                new Distillation(teacher, FoldTraining.TEMPERATURE, FoldTraining.TEACHER, step.objective()));
        return run(store, new NetworkBuilder(options.network()), distillation, System.nanoTime());
    }

    private TrainResult run(ImageStore store, NetworkBuilder network, UnaryOperator<StepOptions> change, long began) {
        DataSet set = store.dataSet();
        Path checkpoint = TrainingRun.checkpoint(options);
        Model start = network.build(set.classes(), store.form(), store, set.indices(Split.TRAIN), options.seed());
        Trainer.Outcome outcome = new NetworkTraining(
                        options, store, options.learning().forImages(), progress)
                .run(
                        start,
                        step -> change.apply(step.withFrozen(network.frozen(start))),
                        plan -> plan.withCheckpoint(checkpoint),
                        options.network().toString(),
                        history -> true,
                        began);
        return TrainResult.ofImages(options, set, outcome, checkpoint, began);
    }
}
