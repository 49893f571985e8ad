package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.Version;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.model.Cards;
import dev.hone.model.GoodClass;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.model.PretrainedWeights;
import dev.hone.model.Provenance;
import dev.hone.runtime.Session;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.TrainingNews;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.loop.Validation;
import dev.hone.train.step.StepOptions;
import dev.hone.vision.store.PixelStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the training of a job, whatever its samples are: resumes from the checkpoint, and writes the model once it is done.
 *
 * @param classes names of the classes
 * @param input what the model takes
 * @param revision of the data
 * @param identity whatever else a checkpoint is tied to
 * @param unit what samples are called: images or rows
 * @param pixels statistics of training images, or null
 */
record TrainingRun(
        TrainOptions options,
        List<String> classes,
        InputSpec input,
        String revision,
        String identity,
        String unit,
        PixelStatistics pixels,
        Progress progress) {

    static Path checkpoint(TrainOptions options) {
        return options.output().resolveSibling(options.output().getFileName() + ".checkpoint");
    }

    Trainer.Outcome run(Model start, StepOptions step, TrainingPlan plan, BatchSource batches, Validation validation) {
        Path checkpoint = plan.checkpoint();
        if (options.restart()) {
            delete(checkpoint);
        }
        try (Trainer trainer = new Trainer(
                start,
                step,
                plan,
                batches,
                validation,
                "data " + revision + ", " + identity,
                options.run().session(),
                new TrainingNews(progress, unit))) {
            if (Files.exists(checkpoint)) {
                progress.info("resuming from " + checkpoint);
            }
            Trainer.Outcome outcome = trainer.run();
            progress.finished();
            if (outcome.finished()) {
                Cards.writeCurves(outcome.model(), outcome.history().curves());
                Cards.writeGroup(outcome.model(), options.dataOptions().group());
                if (pixels != null) {
                    Cards.writePixels(outcome.model(), pixels);
                }
                trainer.save(outcome.model(), card(start, outcome.history().summary()), options.output());
                delete(checkpoint);
            }
            return outcome;
        }
    }

    private ModelCard card(Model start, String history) {
        int good = GoodClass.index(classes, options.good());
        List<String> arguments = new ArrayList<>(List.of(TrainJob.JOB.name()));
        arguments.addAll(Options.of(TrainOptions.class).arguments(options));
        Path from = options.network().from();
        return new ModelCard(
                classes,
                input,
                good < 0 ? null : classes.get(good),
                Double.NaN,
                new Provenance(
                        revision,
                        options.seed(),
                        Version.number(),
                        "ONNX Runtime " + Session.runtimeVersion() + ", Java "
                                + Runtime.version().feature(),
                        arguments,
                        from == null
                                ? PretrainedWeights.read(start.metadata())
                                        .map(PretrainedWeights::sha256)
                                        .orElse("")
                                : Sha256.of(from),
                        history,
                        List.of(TrainJob.JOB.name())));
    }

    private static void delete(Path checkpoint) {
        try {
            Files.deleteIfExists(checkpoint);
        } catch (IOException e) {
            throw new HoneException("cannot delete " + checkpoint + ": " + FileErrors.reason(e), e);
        }
    }
}
