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
import dev.hone.model.ModelWriter;
import dev.hone.model.PretrainedWeights;
import dev.hone.model.Provenance;
import dev.hone.runtime.Session;
import dev.hone.train.loop.Deadline;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Improvement;
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
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Runs the training of a job, whatever its samples are: resumes from the checkpoint, and writes the best model whenever
 * there is a better one, and once it is done.
 *
 * @param classes names of the classes
 * @param input what the model takes
 * @param revision of the data
 * @param identity whatever else a checkpoint is tied to
 * @param unit what samples are called: images or rows
 * @param pixels statistics of training images, or null
 * @param replaces whether the best model so far takes the place of the file that is there
 */
record TrainingRun(
        TrainOptions options,
        List<String> classes,
        InputSpec input,
        String revision,
        String identity,
        String unit,
        PixelStatistics pixels,
        Predicate<History> replaces,
        Progress progress) {
    /** Of a time limit, what training gets at least. */
    private static final double LEAST_SHARE = 0.5;

    static Path checkpoint(TrainOptions options) {
        return beside(options, ".checkpoint");
    }

    /** A file of the run beside its output. */
    static Path beside(TrainOptions options, String suffix) {
        return options.output().resolveSibling(options.output().getFileName() + suffix);
    }

    /** @param began when the job did, as {@link System#nanoTime} gave it: a time limit counts from there on */
    Trainer.Outcome run(
            Model start, StepOptions step, TrainingPlan plan, BatchSource batches, Validation validation, long began) {
        if (options.restart()) {
            delete(plan.checkpoint());
        }
        progress.noted("data revision", revision);
        progress.noted("classes", String.join(", ", classes));
        try (Trainer trainer = new Trainer(
                start,
                step,
                limited(plan, began),
                batches,
                validation,
                "data " + revision + ", " + identity,
                options.run().session(),
                new News(start))) {
            Trainer.Outcome outcome = trainer.run();
            progress.finished();
            if (outcome.finished()) {
                History history = outcome.history();
                if (replaces.test(history)) {
                    complete(outcome.model(), history);
                    trainer.save(outcome.model(), card(start, history.summary()), options.output());
                }
                trainer.finish();
            }
            return outcome;
        }
    }

    /** Reading the images belongs to the limit; where they take most of it, training still gets a half. */
    private TrainingPlan limited(TrainingPlan plan, long began) {
        double limit = plan.minutes() * 60;
        if (limit == 0) {
            return plan;
        }
        Deadline deadline = Deadline.from(began, limit);
        if (deadline.left() < limit * LEAST_SHARE) {
            progress.warning(String.format(
                    Locale.ROOT,
                    "reading the %s took %.1f of the %.1f minutes; training gets half of the time limit all the same",
                    unit,
                    deadline.used() / 60,
                    plan.minutes()));
            deadline = Deadline.in(limit * LEAST_SHARE);
        }
        return plan.withDeadline(deadline);
    }

    /**
     * Writes a model that was not trained in steps.
     *
     * @param history what happened, for its card
     */
    void write(Model model, String history) {
        mark(model);
        card(model, history).writeTo(model);
        ModelWriter.write(model, options.output());
    }

    /** What a model file says beside its card. */
    private void complete(Model model, History history) {
        Cards.writeCurves(model, history.curves());
        mark(model);
    }

    private void mark(Model model) {
        Cards.writeGroup(model, options.dataOptions().group());
        if (pixels != null) {
            Cards.writePixels(model, pixels);
        }
    }

    /** Puts the best model so far in its place while training goes on. */
    private final class News extends TrainingNews {
        private final Model start;

        News(Model start) {
            super(progress, unit);
            this.start = start;
        }

        @Override
        public void improved(Improvement better) {
            if (!replaces.test(better.history())) {
                return;
            }
            try {
                complete(better.model(), better.history());
                better.save(
                        card(start, "training not finished; " + better.history().summary()), options.output());
            } catch (HoneException e) {
                progress.warning(e.getMessage());
            }
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

    static void delete(Path checkpoint) {
        try {
            Files.deleteIfExists(checkpoint);
        } catch (IOException e) {
            throw new HoneException("cannot delete " + checkpoint + ": " + FileErrors.reason(e), e);
        }
    }
}
