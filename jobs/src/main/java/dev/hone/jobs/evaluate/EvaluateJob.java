package dev.hone.jobs.evaluate;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.core.text.ShellWords;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.data.table.TableData;
import dev.hone.jobs.DataSets;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.Tables;
import dev.hone.jobs.runs.Recorder;
import dev.hone.model.Cards;
import dev.hone.model.Classifier;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.RowClassifier;
import dev.hone.model.ThresholdEvidence;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.ThresholdRule;
import dev.hone.report.EvaluatedSamples;
import dev.hone.report.Report;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Evaluates a model, and perhaps a second one, on labelled images or rows of a table. */
public final class EvaluateJob {
    public static final Job<EvaluateOptions, EvaluateResult> JOB = new Job<>(
            "evaluate", "Evaluate a model on labelled images or rows", EvaluateOptions.class, EvaluateJob::run);

    private final EvaluateOptions options;
    private final Progress progress;

    private EvaluateJob(EvaluateOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /** @throws HoneException if model and data do not fit, or a file cannot be written */
    public static EvaluateResult run(EvaluateOptions options, Progress progress) {
        Path model = options.setThreshold() == null ? options.model() : options.setThreshold();
        return Recorder.joining(JOB, options, options.history(), options.model(), model)
                .run(
                        progress,
                        result -> true,
                        heard -> Outputs.holding(options, () -> new EvaluateJob(options, heard).run()));
    }

    /** One model's evaluation with the samples that it was made on; no store where they are rows. */
    private record Evaluated(
            ModelEvaluation model,
            ThresholdChoice choice,
            EvaluatedSamples samples,
            ImageStore store,
            int[] indices,
            Cards.Card card,
            Cautions cautions) {
        Evaluated with(EvaluatedSamples of, ImageStore images, Cards.Card made) {
            if (made != null) {
                cautions.learning(made.history());
            }
            return new Evaluated(model, choice, of, images, indices, made, cautions);
        }
    }

    private EvaluateResult run() {
        boolean rows = takesRows();
        if (options.errors() != null) {
            ErrorList.require(options.errors(), options.model(), options.data());
        }
        Evaluated first = evaluate(options.model(), options.setThreshold(), rows);
        Evaluated second = options.against() == null ? null : evaluate(options.against(), null, rows);
        ModelEvaluation against = second == null ? null : second.model;
        ErrorFiles errors = options.errors() == null ? null : errors(first);
        if (options.report() != null) {
            new EvaluationReport(
                            first.model,
                            against,
                            first.samples,
                            first.store,
                            first.indices,
                            first.card,
                            first.cautions,
                            links(errors),
                            commands(first, second))
                    .write(options.report(), options.classifier(), options.run(), progress);
        }
        return new EvaluateResult(
                options.data(),
                rows ? "rows" : "images",
                Options.kebabCase(options.split().name()),
                first.model,
                first.choice,
                against,
                first.cautions.sentences(),
                options.report(),
                errors);
    }

    private ErrorFiles errors(Evaluated of) {
        if (of.store != null) {
            return new ErrorPages(of.model, of.store, of.indices)
                    .write(options.errors(), options.classifier(), options.run(), progress);
        }
        ErrorList list = new ErrorList(of.model);
        List<String> names =
                IntStream.of(of.indices).mapToObj(i -> Integer.toString(i + 1)).toList();
        return new ErrorFiles(
                list.writeCsv(options.errors(), names, "rows", null),
                null,
                list.errors().size());
    }

    /** From the report to the page of errors beside it. */
    private List<Report.Link> links(ErrorFiles errors) {
        if (errors == null || errors.page() == null) {
            return List.of();
        }
        Path from = options.report().toAbsolutePath().normalize().getParent();
        String to = from.relativize(errors.page().toAbsolutePath().normalize())
                .toString()
                .replace('\\', '/');
        return List.of(new Report.Link("All " + errors.count() + " errors with their attribution maps", to));
    }

    /** Whether the model takes rows of a table; the data must then be one. */
    private boolean takesRows() {
        boolean made = RowClassifier.isIn(options.model());
        boolean table = Tables.isTable(options.data());
        if (!table && (made || RowClassifier.isForeign(options.model()))) {
            throw new HoneException(options.model() + " takes rows of a table, and " + options.data()
                    + " holds images; give a table with the model's columns as a .csv file");
        }
        if (!made && table && !RowClassifier.isForeign(options.model())) {
            throw new HoneException(options.model() + " takes images, and " + options.data()
                    + " is a table; give a folder per class, or a list of images with the columns path and label");
        }
        return made || table;
    }

    private Evaluated evaluate(Path model, Path copy, boolean rows) {
        return rows ? evaluateRows(model, copy) : evaluateImages(model, copy);
    }

    /** @param copy where a copy of the model with a threshold goes, or null */
    private Evaluated evaluateImages(Path model, Path copy) {
        try (Classifier classifier = options.classifier().open(model, options.run(), progress)) {
            if (copy != null && classifier.input().card() == null) {
                throw new HoneException(
                        model + " was not made by Hone and does not name its classes, so that it cannot "
                                + "hold a threshold; fine-tune it first");
            }
            DataSet set = DataSets.dividedFor(options.data(), options.dataOptions(), classifier.input(), progress);
            set = DataSets.evaluated(set, classifier, progress);
            int good = classifier.input().good(set.classes(), options.good());
            ImageStore store = DataSets.store(
                    needed(set, options.chooses()), classifier.input().form(), options.dataOptions(), progress);
            EvaluatedData data = new EvaluatedData.OfImages(store, classifier);
            int[] indices = indices(data);
            EvaluatedSamples samples = options.report() == null ? null : EvaluatedSamples.ofImages(store, indices);
            return evaluate(
                            model,
                            copy,
                            data,
                            good,
                            indices,
                            classifier.session().metadata())
                    .with(samples, store, classifier.input().card());
        }
    }

    private Evaluated evaluateRows(Path model, Path copy) {
        if (copy != null && !RowClassifier.isIn(model)) {
            throw new HoneException(model + " was not made by Hone, so that it cannot hold a threshold");
        }
        try (RowClassifier classifier =
                Tables.classifier(model, options.data(), options.run().session(progress))) {
            TableData data = Tables.dividedFor(options.data(), classifier, options.dataOptions(), progress);
            int good = classifier.good(options.good());
            EvaluatedData samples = new EvaluatedData.OfRows(data, classifier);
            return evaluate(
                            model,
                            copy,
                            samples,
                            good,
                            indices(samples),
                            classifier.session().metadata())
                    .with(EvaluatedSamples.ofRows(options.data(), data.notices()), null, classifier.card());
        }
    }

    private Evaluated evaluate(
            Path model, Path copy, EvaluatedData data, int good, int[] indices, Map<String, String> metadata) {
        ThresholdRule rule = options.rule();
        ThresholdChoice choice = options.chooses() && (copy != null || rule instanceof CostRule)
                ? ThresholdChoice.on(data, good, rule, progress)
                : null;
        Evaluation evaluation = data.evaluate(indices, model.getFileName().toString(), progress);
        if (choice != null) {
            if (copy != null) {
                choice.write(model, copy, rule);
            }
            progress.info((copy == null ? model : copy) + ": " + choice.text());
            evaluation = evaluation.withDecision(choice.decision());
        }
        ModelEvaluation done = new ModelEvaluation(copy == null ? model : copy, evaluation, good, rule);
        ThresholdEvidence evidence = choice != null ? choice.evidence() : ThresholdEvidence.read(metadata);
        Cautions cautions = new Cautions(data.unit()).metrics(done).threshold(evidence, data, good);
        return new Evaluated(done, choice, null, null, indices, null, cautions);
    }

    /** The images that are run, which alone are decoded: those to evaluate, and those that choose a threshold. */
    private DataSet needed(DataSet set, boolean threshold) {
        Split asked = options.split().split();
        if (asked == null) {
            return set;
        }
        int[] indices = requireSome(set.indices(asked), "images");
        if (threshold) {
            Split choosing = ThresholdChoice.split(set::indices);
            if (choosing != asked) {
                indices = IntStream.concat(IntStream.of(indices), IntStream.of(set.indices(choosing)))
                        .sorted()
                        .toArray();
            }
        }
        return set.only(indices);
    }

    private int[] indices(EvaluatedData data) {
        Split asked = options.split().split();
        return requireSome(
                asked == null ? IntStream.range(0, data.size()).toArray() : data.indices(asked), data.unit());
    }

    private int[] requireSome(int[] indices, String unit) {
        if (indices.length == 0) {
            throw new HoneException(options.data() + " has no "
                    + options.split().name().toLowerCase(Locale.ROOT) + " " + unit + "; choose another split, or all");
        }
        return indices;
    }

    /** What made the models, each step once, and this evaluation. */
    private List<String> commands(Evaluated first, Evaluated second) {
        Set<String> commands = new LinkedHashSet<>();
        for (Evaluated one : second == null ? List.of(first) : List.of(first, second)) {
            if (one.card != null) {
                commands.addAll(one.card.commands());
            }
        }
        List<String> arguments = new ArrayList<>(List.of(JOB.name()));
        arguments.addAll(Options.of(EvaluateOptions.class).arguments(options));
        commands.add(ShellWords.join(arguments));
        return commands.stream().map(command -> "hone " + command).toList();
    }
}
