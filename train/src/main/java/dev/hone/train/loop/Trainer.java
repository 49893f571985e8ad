package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.model.Feeds;
import dev.hone.model.ModelCard;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.Stepper;
import java.nio.file.Path;
import java.util.Map;

/**
 * The training loop: steps, validation of the averaged weights as they would be deployed, the best model kept, early
 * stopping, checkpoints. The same model, options, plan and data give the same weights, interrupted or not.
 */
public final class Trainer implements AutoCloseable {
    private final StepOptions options;
    private final TrainingPlan plan;
    private final BatchSource training;
    private final Validation validation;
    private final SessionOptions sessionOptions;
    private final TrainingListener listener;
    private final Phases phases;
    private final Stepper stepper;
    private final int stepsPerEpoch;
    private final RunState run;
    private final BestModel best;
    private final CheckpointFile checkpoints;
    private Pace pace;
    /** Epochs as the listener knows them. */
    private int announced;

    /**
     * The result of training.
     *
     * @param model with the best weights by validation, or the last ones if nothing was validated
     * @param finished false if it was stopped before its time and can be resumed from the checkpoint
     * @param dropped epochs that were planned at first and that a time limit then left no time for, because other work
     *     slowed the machine
     */
    public record Outcome(Model model, History history, boolean finished, int dropped) {}

    /**
     * @param start architecture and initial weights; the first axis of its inputs counts samples
     * @param training batches with an array for each input and for each target of the objective
     * @param validation null for none: the last weights are kept then
     * @param identity of the data and whatever else the caller wants a checkpoint to be tied to
     */
    public Trainer(
            Model start,
            StepOptions options,
            TrainingPlan plan,
            BatchSource training,
            Validation validation,
            String identity,
            SessionOptions sessionOptions,
            TrainingListener listener) {
        this.options = options;
        this.plan = plan;
        this.training = training;
        this.validation = validation;
        this.run = new RunState(new History(validation));
        this.sessionOptions = sessionOptions;
        this.listener = listener;
        this.stepsPerEpoch = Math.toIntExact(training.samples() / options.batch());
        if (stepsPerEpoch == 0) {
            throw new HoneException("there are " + training.samples() + " training samples, fewer than a batch of "
                    + options.batch() + "; use a smaller batch");
        }
        this.phases = new Phases(plan.phases(), options);
        this.stepper = new Stepper(start, phases.at(0, 1), sessionOptions, plan.seed());
        this.best = new BestModel(stepper, training);
        this.checkpoints =
                new CheckpointFile(plan.checkpoint(), identity + " | " + describe(), stepper.state(), best, run);
    }

    /** Everything that decides about the weights, so that a checkpoint of another run is not taken for this one's. */
    private String describe() {
        return "weights " + stepper.layout().weights().total()
                + ", samples " + training.samples()
                + ", batch " + options.batch()
                + ", " + options.optimizer()
                + ", " + options.objective().describe()
                + ", clip " + options.clip()
                + ", statistics " + options.statisticsMomentum()
                + ", " + plan.schedule()
                + ", average " + (options.averaging() ? plan.averageDecay() : 0)
                + ", validation " + (validation == null ? "none" : validation.describe())
                + (plan.phases().isEmpty() ? "" : ", phases " + plan.phases().size() + ", " + plan.phases())
                + ", seed " + plan.seed()
                + (!plan.isTimed()
                        ? ", epochs " + plan.epochs()
                        : plan.minutes() > 0 ? ", minutes " + plan.minutes() : ", until a deadline");
    }

    /**
     * Trains to the end of the plan, or until {@link TrainingListener#isCancelled}. Resumes from the plan's checkpoint if
     * there is one, whose run may have been shorter: the learning rate then goes on along the longer schedule. The
     * checkpoint of a finished run is taken only if this one is longer; otherwise it counts as none.
     *
     * @throws HoneException if the checkpoint belongs to another run, if the loss diverges, or if training is to stop and
     *     the checkpoint cannot be written
     */
    public Outcome run() {
        double used = checkpoints.resume(listener);
        pace = plan.isTimed() ? timed(used) : new EpochPace(plan, stepsPerEpoch, run.restart());
        run.plan(pace.epochs());
        announce();
        boolean stopped = listener.isCancelled();
        while (!stopped && !isOver()) {
            stopped = !runEpoch();
            if (!stopped && !isOver()) {
                announce();
                afterStep();
            }
        }
        if (stopped) {
            best.offer(listener, run.history(), true);
            checkpoints.write(false, pace.used());
        } else {
            // The model may fail to be written; its training is not lost then.
            checkpoints.tryToWrite(false, pace, listener);
        }
        boolean cut = plan.isTimed() && !stopped && !patienceIsOver();
        int dropped = cut ? Math.max(0, run.planned() - run.epoch()) : 0;
        return new Outcome(best.model(), run.history(), !stopped, dropped);
    }

    /** At least one step is done, however short the time. */
    private boolean isOver() {
        return run.epoch() > 0 && (run.epoch() >= plan.epochs() || pace.isOver() || patienceIsOver());
    }

    private boolean patienceIsOver() {
        return plan.patience() > 0 && run.sinceBest() >= plan.patience();
    }

    /** Says how many epochs there will be, where that is news. */
    private void announce() {
        int epochs = isOver() ? run.epoch() : Math.max(run.epoch() + 1, pace.epochs());
        if (epochs != announced) {
            announced = epochs;
            listener.started(run.epoch(), epochs, stepsPerEpoch);
        }
    }

    private Pace timed(double used) {
        TimePace timed = new TimePace(
                plan, stepsPerEpoch, used, run.restartSeconds(), stepper.state().step(), System::nanoTime);
        Rehearsal parts =
                Rehearsal.of(stepper, training, validation, best, sessionOptions, timed.limit() - used, listener);
        timed.expect(parts.step(), parts.validation(), parts.saving());
        if (parts.step() * stepsPerEpoch > timed.limit() - timed.used()) {
            listener.limitTooShort(parts.step() * stepsPerEpoch);
        }
        return timed;
    }

    /** @return false if it was stopped in the middle */
    private boolean runEpoch() {
        long start = System.nanoTime();
        int first = run.inEpoch();
        double rate = 0;
        try (BatchSource.Stream batches = training.epoch(run.epoch(), first)) {
            while (run.inEpoch() < stepsPerEpoch) {
                rate = step(batches);
                if (run.inEpoch() == stepsPerEpoch || pace.isOver()) {
                    break;
                }
                if (listener.isCancelled()) {
                    return false;
                }
                afterStep();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        finishEpoch(rate, (run.inEpoch() - first) * (double) options.batch() / seconds);
        return !listener.isCancelled() || isOver();
    }

    /** @return the learning rate */
    private double step(BatchSource.Stream batches) {
        long start = System.nanoTime();
        long number = stepper.state().step();
        // A finished run that goes on for longer stays in its last phase.
        stepper.enter(run.restart() > 0 ? phases.last() : phases.at(number, (long) pace.epochs() * stepsPerEpoch));
        Stepper.Settings settings = new Stepper.Settings(pace.rate(number), pace.momentum(number), averageDecay());
        try (Batch batch = batches.next();
                Feeds feeds = Feeds.of(
                        batch, stepper.layout().inputs(), stepper.layout().targets())) {
            Stepper.Result result = stepper.run(feeds.tensors(), settings);
            run.add(result);
            listener.step(run.epoch() + 1, run.inEpoch(), result.loss());
        }
        pace.stepped((System.nanoTime() - start) / 1e9);
        return settings.rate();
    }

    /** What may be due after any step: the best model's file, and the checkpoint. */
    private void afterStep() {
        double seconds = best.offer(listener, run.history(), false);
        if (seconds > 0) {
            pace.saved(seconds);
        }
        checkpoints.writeWhenDue(pace, listener);
    }

    private double averageDecay() {
        double t = stepper.state().step() + 1.0;
        return Math.min(plan.averageDecay(), (1 + t) / (10 + t));
    }

    private void finishEpoch(double rate, double samplesPerSecond) {
        int epoch = run.epoch() + 1;
        boolean last = epoch >= plan.epochs() || pace.isOver();
        Map<String, Double> measured = Map.of();
        if (validation != null && pace.validates(epoch, last)) {
            long start = System.nanoTime();
            measured = validation.measure(stepper.state().snapshot(true), sessionOptions);
            pace.validated((System.nanoTime() - start) / 1e9);
            if (!Double.isFinite(measured.get(Validation.LOSS))) {
                throw new HoneException("training diverged in epoch " + epoch
                        + ": the outputs for the validation data are not finite; use a lower learning rate");
            }
        }
        History.Epoch done = run.finishEpoch(rate, measured, samplesPerSecond);
        boolean isBest = done.validated() && run.history().best() == done;
        if (isBest) {
            best.keep();
        }
        if (last) {
            announce();
        }
        listener.epoch(done, isBest);
    }

    /**
     * Puts the card on a trained model and writes it, once the file's bytes are seen to compute what training computed.
     *
     * @throws HoneException if they do not, or if the file cannot be written
     */
    public void save(Model model, ModelCard card, Path file) {
        best.save(model, card, file);
    }

    /**
     * Makes the checkpoint that of a finished run, from which a longer one goes on. To be called once the model is where it
     * belongs: until then, the checkpoint leads to it.
     */
    public void finish() {
        checkpoints.tryToWrite(true, pace, listener);
    }

    @Override
    public void close() {
        stepper.close();
    }
}
