package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.data.DataSet;
import dev.hone.data.Folds;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.DataSets;
import dev.hone.model.Classifier;
import dev.hone.model.GoodClass;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import dev.hone.model.Provenance;
import dev.hone.model.metric.Evaluation;
import dev.hone.train.loop.Evaluator;
import dev.hone.train.loop.History;
import dev.hone.train.objective.Ensemble;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Cross-validation: a model for each fold, trained on the other folds and validated on its own, then one model out of them.
 * Test images stay aside. A fold that is done is not trained again when the run is resumed.
 */
final class FoldTraining {
    /** What softens the teacher's logits when one network learns from all (Hinton et al. 2015), and the teacher's share. */
    static final double TEMPERATURE = 2;

    static final double TEACHER = 0.7;

    private static final int BATCH = 32;

    private final TrainOptions options;
    private final FoldOptions folds;
    private final Progress progress;
    private final FoldFolder folder;

    FoldTraining(TrainOptions options, Progress progress) {
        this.options = options;
        this.folds = options.folds();
        this.progress = new FoldProgress(progress);
        this.folder = new FoldFolder(options.output());
    }

    static Path predictions(TrainOptions options) {
        return options.output().resolveSibling(options.output().getFileName() + ".folds.csv");
    }

    TrainResult run() {
        long began = System.nanoTime();
        DataSet set = TrainingImages.open(options, progress).set();
        Folds division = divide(set);
        folder.open(identity(set), options.restart());
        for (int number = 1; number <= folds.folds(); number++) {
            if (folder.has(number)) {
                progress.info("fold " + number + " of " + folds.folds() + ": done before");
                continue;
            }
            progress.info("fold " + number + " of " + folds.folds());
            DataSet part = part(set, division, number - 1);
            TrainOptions own = forPart(number, folder.model(number));
            TrainResult result = TrainJob.oneModel(own, new TrainingImages(own, part), progress);
            if (!result.finished()) {
                return TrainResult.ofFolds(options, set, folder.path(), result.history(), null, began);
            }
            evaluate(number, part);
        }
        FoldResults results = results(set.classes());
        History history = History.none();
        if (folds.then() == FoldOptions.Then.DISTIL) {
            TrainResult distilled = distil(part(set, division, 0));
            history = distilled.history();
            if (!distilled.finished()) {
                return TrainResult.ofFolds(options, set, folder.path(), history, null, began);
            }
        }
        write(made(results), set, results, history);
        folder.collect(folds.folds(), set.classes(), predictions(options));
        folder.delete();
        return TrainResult.ofFolds(options, set, folder.path(), history, results, began);
    }

    private Model made(FoldResults results) {
        return switch (folds.then()) {
            case ENSEMBLE -> ensemble();
            case DISTIL -> ModelFiles.read(folder.distilled());
            case BEST -> ModelFiles.read(folder.model(results.best()));
        };
    }

    private TrainResult distil(DataSet part) {
        progress.info("one network learns from the " + folds.folds() + " models");
        TrainOptions own = forPart(folds.folds() + 1, folder.distilled());
        return new ImageTraining(own, progress).distilled(decoded(part, folder.model(1)), ensemble());
    }

    /** @throws HoneException if a class has fewer groups of images than there are folds */
    private Folds divide(DataSet set) {
        return divide(set, options);
    }

    /** @throws dev.hone.core.HoneException if a class has too few samples */
    static Folds divide(DataSet set, TrainOptions options) {
        int[] samples = IntStream.range(0, set.samples().size())
                .filter(i -> set.samples().get(i).split() != Split.TEST)
                .toArray();
        return Folds.of(set, samples, options.folds().folds(), options.seed());
    }

    /** The data set with the validation part of a fold, counted from 0. */
    private static DataSet part(DataSet set, Folds division, int fold) {
        List<Sample> samples = new ArrayList<>(set.samples());
        for (int i : division.training(fold)) {
            samples.set(i, with(samples.get(i), Split.TRAIN));
        }
        for (int i : division.validation(fold)) {
            samples.set(i, with(samples.get(i), Split.VALIDATION));
        }
        return set.withSamples(samples);
    }

    private static Sample with(Sample s, Split split) {
        return new Sample(s.name(), s.input(), s.target(), split, s.group());
    }

    /**
     * The models of the folds take images of one size: where the kind of training is left open, all are on features of a
     * pretrained network.
     */
    private TrainOptions forPart(int number, Path output) {
        int parts = folds.folds() + (folds.then() == FoldOptions.Then.DISTIL ? 1 : 0);
        TrainOptions own = options.forFold(
                output, options.seed() + number - 1, options.learning().minutes() / parts);
        boolean open = options.isOpen() && options.network().backbone() == null && number <= folds.folds();
        return open ? own.withNetwork(own.network().withBackbone(DefaultBackbone.name())) : own;
    }

    /** Images as a model takes them. */
    private ImageStore decoded(DataSet set, Path model) {
        try (Classifier classifier = Classifier.open(model)) {
            return DataSets.store(set, classifier.form(), options.dataOptions(), progress.silent());
        }
    }

    private void evaluate(int number, DataSet part) {
        ImageStore store = decoded(part, folder.model(number));
        int[] samples = store.dataSet().indices(Split.VALIDATION);
        Evaluation evaluation = Evaluator.evaluate(
                ModelFiles.read(folder.model(number)),
                ImageBatches.of(store, samples, BATCH),
                part.classes(),
                options.run().session());
        List<String> names = IntStream.of(samples)
                .mapToObj(i -> store.dataSet().samples().get(i).name())
                .toList();
        folder.write(number, names, evaluation);
    }

    private FoldResults results(List<String> classes) {
        int good = GoodClass.index(classes, options.good());
        List<FoldResults.Fold> all = new ArrayList<>();
        for (int number = 1; number <= folds.folds(); number++) {
            Evaluation evaluation = folder.read(number, classes);
            all.add(new FoldResults.Fold(number, evaluation.size(), FoldMetrics.of(evaluation, good)));
        }
        int best = all.stream()
                .max(Comparator.comparing(fold -> fold.metrics().get(FoldMetrics.MACRO_F1)))
                .orElseThrow()
                .number();
        return new FoldResults(all, folds.then(), best, predictions(options));
    }

    private Model ensemble() {
        return Ensemble.of(IntStream.rangeClosed(1, folds.folds())
                .mapToObj(number -> ModelFiles.read(folder.model(number)))
                .toList());
    }

    /** Writes the model with the card of a fold's, in which the provenance is that of the whole run. */
    private void write(Model model, DataSet set, FoldResults results, History history) {
        ModelCard card = ModelCard.read(model.metadata());
        Provenance fold = card.provenance();
        String told = results.summary() + (history.epochs().isEmpty() ? "" : "; " + history.summary());
        card.withProvenance(new Provenance(
                        set.revision().id(),
                        options.seed(),
                        fold.version(),
                        fold.runtime(),
                        arguments(),
                        fold.parent(),
                        told,
                        List.of(TrainJob.JOB.name())))
                .writeTo(model);
        ModelWriter.write(model, options.output());
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(TrainJob.JOB.name()));
        arguments.addAll(Options.of(TrainOptions.class).arguments(options));
        return arguments;
    }

    /** What decides about the folds' models. */
    private String identity(DataSet set) {
        Map<String, Object> values = Options.of(TrainOptions.class).values(options);
        values.keySet().removeAll(List.of("output", "restart", "then", "runs", "no-history"));
        return "data " + set.revision().id() + "\n" + values + "\n";
    }

    /** @throws OptionException if the samples are rows of a table */
    static void requireImages(TrainOptions options) {
        if (options.folds().folds() > 0 && options.table().target() != null) {
            throw new OptionException("folds", "not for a table; leave it out, or train on images");
        }
    }
}
