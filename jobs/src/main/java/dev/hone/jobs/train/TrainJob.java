package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.Version;
import dev.hone.core.file.FileErrors;
import dev.hone.core.option.Options;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.DataSets;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.model.Cards;
import dev.hone.model.GoodClass;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.model.Provenance;
import dev.hone.runtime.Session;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Plan;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.Validation;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Trains a classifier on a data set and writes the model that is best on the validation data. A cancelled run leaves a
 * checkpoint beside the output, from which the same options resume to the same weights.
 */
public final class TrainJob {
    public static final Job<TrainOptions, TrainResult> JOB = new Job<>(
            "train", "Train a classifier on DATA and write it as one ONNX file", TrainOptions.class, TrainJob::run);

    private final TrainOptions options;
    private final NetworkBuilder network;
    private final Progress progress;

    private TrainJob(TrainOptions options, Progress progress) {
        this.options = options;
        this.network = new NetworkBuilder(options.network());
        this.progress = progress;
    }

    /**
     * @throws HoneException if the data or the options do not fit, if training diverges, or if a file cannot be written
     */
    public static TrainResult run(TrainOptions options, Progress progress) {
        return new TrainJob(options, progress).run();
    }

    private TrainResult run() {
        long began = System.nanoTime();
        Outputs.requireWritable(
                options.output(), options.data(), options.network().from());
        network.size(1);
        DataSet set = DataSets.divided(DataSets.open(options.data(), options.dataOptions(), progress), options.seed());
        set.requireTrainable();
        GoodClass.index(set.classes(), options.good());
        ImageStore store = DataSets.store(set, network.form(set), options.dataOptions(), progress);
        set = store.dataSet();
        set.requireTrainable();
        set.balanceNotices().forEach(progress::warning);
        set.revision().notices().forEach(progress::warning);
        progress.info(described(set, store.form()));
        Path checkpoint = options.output().resolveSibling(options.output().getFileName() + ".checkpoint");
        if (options.restart()) {
            delete(checkpoint);
        }
        Trainer.Outcome outcome = train(set, store, checkpoint);
        if (outcome.finished()) {
            delete(checkpoint);
        }
        return new TrainResult(
                options.output(),
                outcome.finished(),
                checkpoint,
                set.classes(),
                set.indices(Split.TRAIN).length,
                set.indices(Split.VALIDATION).length,
                set.indices(Split.TEST).length,
                outcome.history(),
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

    private Trainer.Outcome train(DataSet set, ImageStore store, Path checkpoint) {
        LearningOptions learning = options.learning();
        int[] training = set.indices(Split.TRAIN);
        int[] validation = set.indices(Split.VALIDATION);
        Model start = network.build(set.classes(), store.form(), store, training, options.seed());
        int batch = Math.min(learning.batch(), Math.max(2, training.length));
        Learning plans = new Learning(learning);
        StepOptions step = plans.step(batch, set, training, network.frozen(start));
        Plan plan = plans.plan(options.seed(), checkpoint);
        ImageBatches batches = ImageBatches.of(store, training, batch)
                .shuffled(options.seed())
                .augmented(options.augmentation().augmentation())
                .balanced(learning.balance())
                .droppingLast();
        ImageBatches validated = validation.length == 0 ? null : ImageBatches.of(store, validation, 32);
        String identity = "data " + set.revision().id() + ", " + options.network() + ", "
                + options.augmentation().augmentation() + ", balance " + learning.balance();
        try (Trainer trainer = new Trainer(
                start,
                step,
                plan,
                batches,
                validated == null ? null : Validation.classification(validated, set.classes()),
                identity,
                options.run().session(),
                new TrainingNews(progress))) {
            if (Files.exists(checkpoint)) {
                progress.info("resuming from " + checkpoint);
            }
            Trainer.Outcome outcome = trainer.run();
            progress.finished();
            if (outcome.finished()) {
                Cards.writeCurves(outcome.model(), outcome.history().curves());
                Cards.writeGroup(outcome.model(), options.dataOptions().group());
                trainer.save(outcome.model(), card(set, store.form(), outcome.history()), options.output());
            }
            return outcome;
        }
    }

    private ModelCard card(DataSet set, ImageStore.Form form, History history) {
        int good = GoodClass.index(set.classes(), options.good());
        List<String> arguments = new ArrayList<>(List.of(JOB.name()));
        arguments.addAll(Options.of(TrainOptions.class).arguments(options));
        Path from = options.network().from();
        return new ModelCard(
                set.classes(),
                new InputSpec.OfImage(
                        form.channels(),
                        form.height(),
                        form.width(),
                        form.mode().name().toLowerCase(Locale.ROOT)),
                good < 0 ? null : set.classes().get(good),
                Double.NaN,
                new Provenance(
                        set.revision().id(),
                        options.seed(),
                        Version.number(),
                        "ONNX Runtime " + Session.runtimeVersion() + ", Java "
                                + Runtime.version().feature(),
                        arguments,
                        from == null ? "" : Provenance.sha256(from),
                        history.summary(),
                        List.of(JOB.name())));
    }

    private static void delete(Path checkpoint) {
        try {
            Files.deleteIfExists(checkpoint);
        } catch (IOException e) {
            throw new HoneException("cannot delete " + checkpoint + ": " + FileErrors.reason(e), e);
        }
    }
}
