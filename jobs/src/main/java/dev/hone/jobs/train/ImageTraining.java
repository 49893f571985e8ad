package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.train.loop.Trainer;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;

/** Trains the one network that the options ask for on images. */
final class ImageTraining {
    private final TrainOptions options;
    private final Progress progress;

    ImageTraining(TrainOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    TrainResult run() {
        long began = System.nanoTime();
        NetworkBuilder network = new NetworkBuilder(options.network());
        TrainingImages images = TrainingImages.open(options, progress);
        ImageStore store = images.decoded(network, progress);
        DataSet set = store.dataSet();
        Path checkpoint = TrainingRun.checkpoint(options);
        Model start = network.build(set.classes(), store.form(), store, set.indices(Split.TRAIN), options.seed());
        Trainer.Outcome outcome = new NetworkTraining(
                        options, store, options.learning().forImages(), progress)
                .run(
                        start,
                        step -> step.withFrozen(network.frozen(start)),
                        plan -> plan.withCheckpoint(checkpoint),
                        options.network().toString(),
                        history -> true,
                        began);
        return TrainResult.ofImages(options, set, outcome, checkpoint, began);
    }
}
