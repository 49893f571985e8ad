package dev.hone.jobs.train;

import dev.hone.core.Progress;
import dev.hone.core.Version;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.train.backbone.Backbone;
import dev.hone.train.backbone.Backbones;
import dev.hone.train.head.FittedHead;
import dev.hone.train.head.HeadKind;
import dev.hone.train.head.Projection;
import dev.hone.train.loop.Deadline;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.loop.Validation;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Trains what is best in the time given. A head on features of a pretrained network is there within seconds and is written
 * at once; then it is fine-tuned, and a network is trained from scratch, as far as there is time. The file is replaced only
 * by a model that validates better.
 */
final class CandidateTraining {
    private static final String HEAD = "head";
    private static final String FINE_TUNED = "fine-tuned";
    private static final String FROM_SCRATCH = "from-scratch";
    private static final String CHECKPOINT = ".checkpoint";

    /** Minutes where no time limit is given. */
    static final double MINUTES = 10;

    /** Share of the time after the head that fine-tuning gets where a network is trained from scratch as well. */
    private static final double FINE_TUNING_SHARE = 0.6;
    /** Seconds that are not worth beginning to train in. */
    private static final double LEAST_SECONDS = 10;
    /** Seconds after the head under which no network is trained from scratch. */
    private static final double LEAST_FOR_SCRATCH = 240;

    private final TrainOptions options;
    private final Progress progress;
    private final long began = System.nanoTime();
    private final boolean headOnly;
    private final boolean scratch;
    private CandidateTable table;
    private Deadline deadline;
    private ImageStore store;
    private History history = History.none();
    private Path interrupted;
    /** Seconds before an interruption. */
    private double earlier;

    CandidateTraining(TrainOptions asked, Progress progress) {
        String backbone = asked.network().backbone();
        this.options =
                backbone != null ? asked : asked.withNetwork(asked.network().withBackbone(DefaultBackbone.name()));
        this.headOnly = asked.head().head() != null
                && asked.learning().epochs() == null
                && asked.learning().minutes() == 0;
        this.scratch = backbone == null && asked.head().head() == null;
        this.progress = progress;
    }

    TrainResult run() {
        TrainingImages images = TrainingImages.open(options, progress);
        if (options.restart()) {
            clear();
        }
        NetworkBuilder network = new NetworkBuilder(options.network());
        store = images.decoded(network, progress);
        DataSet set = store.dataSet();
        table = CandidateTable.open(TrainingRun.beside(options, ".candidates"), identity(set));
        earlier = table.seconds();
        double limit =
                60 * (options.learning().minutes() > 0 ? options.learning().minutes() : MINUTES);
        deadline = Deadline.from(began, Math.max(LEAST_SECONDS, limit - earlier));
        boolean validated = set.indices(Split.VALIDATION).length > 0;
        boolean first = HeadTraining.isPossible(set);
        boolean done = true;
        if (first) {
            HeadTraining heads = new HeadTraining(options, backbone(), store, progress);
            head(heads, validated);
            if (!headOnly && validated) {
                done = fineTune(heads);
            }
        } else {
            progress.warning(
                    "the training images are all of one group, so that nothing can be cross-validated; no head is"
                            + " fitted to features of a pretrained network");
        }
        if (done && (!first || scratch && validated && deadline.left() > LEAST_SECONDS)) {
            done = fromScratch(images);
        }
        if (done) {
            clear();
        } else {
            table.interrupted(used());
        }
        return TrainResult.ofCandidates(
                options, set, done, interrupted, history, done ? table.list() : List.of(), began);
    }

    private double used() {
        return earlier + (System.nanoTime() - began) / 1e9;
    }

    /** All that decides about the candidates. */
    private String identity(DataSet set) {
        List<String> arguments = new ArrayList<>(Options.of(TrainOptions.class).arguments(options));
        arguments.remove("--restart");
        return Sha256.of(Version.number() + "\n" + set.revision().id() + "\n" + String.join("\n", arguments));
    }

    private Backbone backbone() {
        ImageStore.Form form = store.form();
        return Backbones.open(
                options.network().backbone(), options.network().pixels(), form.channels(), form.height(), form.width());
    }

    // ---- candidates

    /** A run that goes on fits the head again, which is quick, to fine-tune it. */
    private void head(HeadTraining heads, boolean validated) {
        double before = used();
        heads.prepare();
        FittedHead head = heads.fit();
        Model model = heads.model(head);
        NetworkTraining run = training();
        if (!table.has(HEAD)) {
            Candidate candidate = validated
                    ? measured(run.validation(), model, head, before)
                    : new Candidate(
                            HEAD,
                            detail(head),
                            used() - before,
                            head.crossValidation().confusion().accuracy(),
                            head.macroF1(),
                            head.crossValidation().logLoss(),
                            false);
            run.file(HEAD, any -> true).write(model, heads.summary(head));
            table.add(candidate, used());
            progress.info(String.format(
                    Locale.ROOT,
                    "%s written after %.0f seconds: %s head  %s: accuracy %.1f %%, macro F1 %.1f %%",
                    options.output(),
                    used(),
                    head.kind().label(),
                    validated ? "validation" : "cross-validation",
                    100 * candidate.accuracy(),
                    100 * candidate.macroF1()));
        }
    }

    private String detail(FittedHead head) {
        return head.kind().label() + " on " + options.network().backbone();
    }

    private Candidate measured(Validation validation, Model model, FittedHead head, double before) {
        Map<String, Double> metrics = validation.measure(model, options.run().session());
        return new Candidate(
                HEAD,
                detail(head),
                used() - before,
                metrics.get(Validation.ACCURACY),
                metrics.get(Validation.MACRO_F1),
                metrics.get(Validation.LOSS),
                false);
    }

    private NetworkTraining training() {
        return new NetworkTraining(options, store, options.learning().forImages(), progress);
    }

    /** @return false if it was interrupted */
    private boolean fineTune(HeadTraining heads) {
        if (table.has(FINE_TUNED)) {
            return true;
        }
        boolean counted = options.learning().epochs() != null;
        double left = deadline.left();
        if (!counted && left < LEAST_SECONDS) {
            progress.info("no time is left for fine-tuning");
            return true;
        }
        double before = used();
        boolean shared = scratch && left > LEAST_FOR_SCRATCH;
        Model start = heads.trainable(heads.fit(HeadKind.LINEAR));
        UnaryOperator<TrainingPlan> limit = counted && options.learning().minutes() == 0
                ? plan -> plan
                : plan -> plan.withMinutes(0).withDeadline(shared ? deadline.part(FINE_TUNING_SHARE) : deadline);
        progress.info("fine-tuning " + options.network().backbone());
        Trainer.Outcome outcome = new FineTuning(options, store, progress)
                .run(
                        start,
                        Projection::isConstant,
                        plan -> limit.apply(plan).withCheckpoint(checkpoint(FINE_TUNED)),
                        so -> table.isBest(FINE_TUNED, so),
                        began);
        return finished(FINE_TUNED, "all of " + options.network().backbone(), outcome, before);
    }

    /** @return false if it was interrupted */
    private boolean fromScratch(TrainingImages images) {
        if (table.has(FROM_SCRATCH)) {
            return true;
        }
        double before = used();
        TrainOptions plain =
                options.withNetwork(options.network().withBackbone(null)).withHead(null);
        NetworkBuilder network = new NetworkBuilder(plain.network());
        progress.info("training from scratch");
        ImageStore other = images.decodedAgain(network, progress);
        DataSet set = other.dataSet();
        Model start = network.build(set.classes(), other.form(), other, set.indices(Split.TRAIN), plain.seed());
        Trainer.Outcome outcome = new NetworkTraining(
                        plain, other, plain.learning().unlimited().forImages(), progress)
                .run(
                        start,
                        step -> step.withFrozen(network.frozen(start)),
                        plan -> plan.withMinutes(0).withDeadline(deadline).withCheckpoint(checkpoint(FROM_SCRATCH)),
                        plain.network().toString(),
                        so -> table.list().isEmpty() || table.isBest(FROM_SCRATCH, so),
                        began);
        return finished(FROM_SCRATCH, start.graph().name(), outcome, before);
    }

    private boolean finished(String name, String detail, Trainer.Outcome outcome, double before) {
        if (!outcome.finished()) {
            interrupted = checkpoint(name);
            history = outcome.history();
            return false;
        }
        if (outcome.history().best() == null) {
            history = outcome.history();
            return true;
        }
        Candidate candidate = CandidateTable.of(
                name, detail, used() - before, outcome.history().best());
        if (table.isBest(candidate)) {
            history = outcome.history();
        }
        table.add(candidate, used());
        return true;
    }

    // ---- files

    private Path checkpoint(String name) {
        return TrainingRun.beside(options, "." + name + CHECKPOINT);
    }

    /** Deletes what a run keeps to go on from. */
    private void clear() {
        TrainingRun.delete(checkpoint(FINE_TUNED));
        TrainingRun.delete(checkpoint(FROM_SCRATCH));
        TrainingRun.delete(TrainingRun.beside(options, ".candidates"));
    }
}
