package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.Feeds;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.Stepper;
import dev.hone.train.step.TrainingState;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The training loop: steps, validation of the averaged weights as they would be deployed, the best model kept, early
 * stopping, checkpoints. The same model, options, plan and data give the same weights, interrupted or not.
 */
public final class Trainer implements AutoCloseable {
    /** Checkpoints are at least this far apart, so that large models do not spend their time on the disk. */
    private static final long CHECKPOINT_NANOS = 60_000_000_000L;
    /** Part of a time limit that is planned for; the rest is for what was slower than measured. */
    private static final double PLANNED = 0.95;
    /** How far the first output of a file may be from that of training, as a fraction of its largest value. */
    private static final double PARITY = 1e-3;

    private final StepOptions options;
    private final TrainingPlan plan;
    private final BatchSource training;
    private final Validation validation;
    private final String identity;
    private final SessionOptions sessionOptions;
    private final TrainingListener listener;
    private final Phases phases;
    private final Stepper stepper;
    private final int stepsPerEpoch;
    private final History history;
    private final Map<String, FloatBuffer> best = new LinkedHashMap<>();
    private int epochs;
    private int mostPlanned;
    private int sinceBest;
    private double lossSum;
    private final Map<String, Double> metricSums = new LinkedHashMap<>();
    private long lastCheckpoint;

    /**
     * The result of training.
     *
     * @param model with the best weights by validation, or the last ones if nothing was validated
     * @param finished false if it was stopped before its time and can be resumed from the checkpoint
     * @param dropped epochs that were planned at first and that a time limit then left no time for
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
        this.history = new History(validation);
        this.sessionOptions = sessionOptions;
        this.listener = listener;
        this.stepsPerEpoch = Math.toIntExact(training.samples() / options.batch());
        if (stepsPerEpoch == 0) {
            throw new HoneException("there are " + training.samples() + " training samples, fewer than a batch of "
                    + options.batch() + "; use a smaller batch");
        }
        this.phases = new Phases(plan.phases(), options);
        this.stepper = new Stepper(start, phases.at(0, 1), sessionOptions, plan.seed());
        this.identity = identity + " | " + describe();
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
                + (plan.minutes() > 0 ? ", minutes " + plan.minutes() : ", epochs " + plan.epochs());
    }

    /**
     * Trains to the end of the plan, or until {@link TrainingListener#isCancelled}. Resumes from the plan's checkpoint if there
     * is one, whose run may have had fewer epochs to go: the learning rate then goes on along the longer schedule.
     *
     * @throws HoneException if the checkpoint belongs to another run, if the loss diverges, or if training is to stop and
     *     the checkpoint cannot be written
     */
    public Outcome run() {
        epochs = plan.epochs();
        long began = System.nanoTime();
        boolean limited = false;
        if (plan.checkpoint() != null && Files.exists(plan.checkpoint())) {
            resume(plan.checkpoint());
        } else if (plan.minutes() > 0) {
            epochs = epochsThatFit(began);
            limited = true;
        }
        mostPlanned = epochs;
        lastCheckpoint = System.nanoTime();
        int epoch = (int) (stepper.state().step() / stepsPerEpoch);
        listener.started(epoch, epochs, stepsPerEpoch);
        boolean stopped = listener.isCancelled();
        double epochSeconds = 0;
        while (epoch < epochs && !stopped && !patienceIsOver()) {
            long start = System.nanoTime();
            stopped = !runEpoch(epoch);
            if (!stopped) {
                epoch++;
                double seconds = (System.nanoTime() - start) / 1e9;
                epochSeconds = epochSeconds == 0 ? seconds : (epochSeconds + seconds) / 2;
                if (limited && epoch < epochs) {
                    replan(epoch, epochSeconds, began);
                }
                boolean over = epoch == epochs || patienceIsOver();
                checkpoint(over);
            }
        }
        if (stopped) {
            writeCheckpoint();
        }
        return new Outcome(bestModel(), history, !stopped, epoch == epochs ? mostPlanned - epochs : 0);
    }

    private boolean patienceIsOver() {
        return plan.patience() > 0 && sinceBest >= plan.patience();
    }

    /** @return false if it was stopped in the middle */
    private boolean runEpoch(int epoch) {
        stepper.enter(phases.at(epoch, epochs));
        long total = (long) epochs * stepsPerEpoch;
        int first = (int) (stepper.state().step() % stepsPerEpoch);
        long start = System.nanoTime();
        double rate = 0;
        try (BatchSource.Stream batches = training.epoch(epoch, first)) {
            for (int i = first; i < stepsPerEpoch; i++) {
                rate = plan.schedule().rate(stepper.state().step(), total);
                double momentum = plan.schedule().momentum(stepper.state().step(), total);
                Stepper.Settings settings = new Stepper.Settings(rate, momentum, averageDecay());
                Stepper.Result result = feed(batches, feeds -> stepper.run(feeds, settings));
                lossSum += result.loss();
                result.metrics().forEach((name, value) -> metricSums.merge(name, (double) value, Double::sum));
                listener.step(epoch + 1, i + 1, result.loss());
                if (listener.isCancelled() && i + 1 < stepsPerEpoch) {
                    return false;
                }
                if (i + 1 < stepsPerEpoch) {
                    checkpoint(false);
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        finishEpoch(epoch, rate, (stepsPerEpoch - first) * (double) options.batch() / seconds);
        return !listener.isCancelled() || epoch + 1 == epochs;
    }

    private double averageDecay() {
        double t = stepper.state().step() + 1.0;
        return Math.min(plan.averageDecay(), (1 + t) / (10 + t));
    }

    private interface Work<R> {
        R on(Map<String, NativeTensor> feeds);
    }

    private <R> R feed(BatchSource.Stream batches, Work<R> work) {
        try (Batch batch = batches.next();
                Feeds feeds = Feeds.of(
                        batch, stepper.layout().inputs(), stepper.layout().targets())) {
            return work.on(feeds.tensors());
        }
    }

    private void finishEpoch(int epoch, double rate, double samplesPerSecond) {
        Map<String, Double> measured = Map.of();
        int every = Math.max(1, (epochs + plan.validations() - 1) / Math.max(1, plan.validations()));
        if (validation != null && ((epoch + 1) % every == 0 || epoch + 1 == epochs)) {
            measured = validation.measure(stepper.state().snapshot(true), sessionOptions);
            if (!Double.isFinite(measured.get(Validation.LOSS))) {
                throw new HoneException("training diverged in epoch " + (epoch + 1)
                        + ": the outputs for the validation data are not finite; use a lower learning rate");
            }
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metricSums.forEach((name, sum) -> metrics.put(name, sum / stepsPerEpoch));
        History.Epoch done =
                new History.Epoch(epoch + 1, lossSum / stepsPerEpoch, metrics, rate, measured, samplesPerSecond);
        history.add(done);
        lossSum = 0;
        metricSums.clear();
        boolean isBest = done.validated() && history.best() == done;
        if (isBest) {
            keepBest();
            sinceBest = 0;
        } else if (done.validated()) {
            sinceBest++;
        }
        listener.epoch(done, isBest);
    }

    private void keepBest() {
        best.putAll(stepper.state().copies(true));
    }

    private Model bestModel() {
        return stepper.state().snapshot(best.isEmpty() ? stepper.state().copies(true) : best);
    }

    /**
     * Puts the card on a trained model and writes it, once the file's bytes are seen to compute what training computed.
     *
     * @throws HoneException if they do not, or if the file cannot be written
     */
    public void save(Model model, ModelCard card, Path file) {
        card.writeTo(model);
        byte[] bytes = OnnxWriter.toBytes(model);
        Map<String, FloatBuffer> vectors = best.isEmpty() ? stepper.state().copies(true) : best;
        try (BatchSource.Stream batches = training.epoch(0, 0)) {
            double difference = feed(batches, feeds -> stepper.state().difference(bytes, vectors, feeds));
            if (!(difference <= PARITY)) {
                throw new HoneException(file + ": not written, the exported model's output differs from the trained"
                        + " one's by " + difference + " of the largest, expected at most " + PARITY);
            }
        }
        ModelWriter.write(model, file);
    }

    // ---- time limit

    /** Times steps on real batches, and one validation; what comes of them is thrown away. */
    private int epochsThatFit(long began) {
        double budget = plan.minutes() * 60 * PLANNED;
        double stepSeconds = timeSteps(Math.min(5, budget / 40));
        double validationSeconds = 0;
        if (validation != null) {
            long start = System.nanoTime();
            validation.measure(stepper.state().snapshot(true), sessionOptions);
            validationSeconds = (System.nanoTime() - start) / 1e9;
        }
        double left = budget - (System.nanoTime() - began) / 1e9;
        double epochSeconds = stepSeconds * stepsPerEpoch;
        double fits = (left - Math.min(plan.validations(), left / epochSeconds) * validationSeconds) / epochSeconds;
        if (fits < 1) {
            listener.limitTooShort(epochSeconds + validationSeconds);
        }
        return (int) Math.max(1, Math.min(plan.epochs(), fits));
    }

    /**
     * Other work on the machine comes and goes: the number of epochs follows the time that they take, so that the limit is
     * kept, and used. In the second half none are added, as the rate would rise again.
     */
    private void replan(int done, double epochSeconds, long began) {
        double left = plan.minutes() * 60 * PLANNED - (System.nanoTime() - began) / 1e9;
        int fits = (int) Math.max(done + 1, Math.min(plan.epochs(), done + left / epochSeconds));
        boolean more = fits > epochs && 2 * done <= epochs;
        if (more || fits < epochs) {
            epochs = fits;
            mostPlanned = Math.max(mostPlanned, epochs);
            listener.started(done, epochs, stepsPerEpoch);
        }
    }

    private double timeSteps(double seconds) {
        int warmup = Math.min(3, stepsPerEpoch - 1);
        long start = 0;
        int done = 0;
        try (BatchSource.Stream batches = training.epoch(0, 0)) {
            for (int i = 0; i < stepsPerEpoch; i++) {
                if (i == warmup) {
                    start = System.nanoTime();
                }
                feed(batches, feeds -> {
                    stepper.rehearse(feeds);
                    return null;
                });
                done = i + 1 - warmup;
                if (i >= warmup && (System.nanoTime() - start) / 1e9 > seconds || listener.isCancelled()) {
                    break;
                }
            }
        }
        return (System.nanoTime() - start) / 1e9 / Math.max(1, done);
    }

    // ---- checkpoints

    /** A full disk is no reason to lose the training that is under way: there may be room again before its end. */
    private void checkpoint(boolean now) {
        if (now || System.nanoTime() - lastCheckpoint >= CHECKPOINT_NANOS) {
            try {
                writeCheckpoint();
            } catch (HoneException e) {
                listener.checkpointFailed(e.getMessage());
            }
            lastCheckpoint = System.nanoTime();
        }
    }

    private void writeCheckpoint() {
        if (plan.checkpoint() == null) {
            return;
        }
        Map<String, FloatBuffer> state = new LinkedHashMap<>();
        TrainingState now = stepper.state();
        now.names().forEach(name -> state.put(name, now.vector(name)));
        new Checkpoint(identity, now.step(), epochs, lossSum, metricSums, sinceBest, history.epochs(), best, state)
                .write(plan.checkpoint());
    }

    private void resume(Path file) {
        Checkpoint saved = Checkpoint.read(file);
        if (!RunIdentity.continues(identity, saved.identity())
                && !saved.identity().equals(identity)) {
            throw new HoneException(file + ": the checkpoint belongs to a different run: "
                    + RunIdentity.differences(saved.identity(), identity)
                    + "; delete it to start from scratch, or use the options it was made with");
        }
        TrainingState state = stepper.state();
        for (String name : state.names()) {
            state.vector(name).put(saved.state().get(name));
        }
        state.resumeAt(saved.step());
        epochs = plan.minutes() > 0 ? saved.epochs() : Math.max(saved.epochs(), plan.epochs());
        lossSum = saved.lossSum();
        metricSums.putAll(saved.metricSums());
        sinceBest = saved.sinceBest();
        saved.history().forEach(history::add);
        best.putAll(saved.best());
    }

    @Override
    public void close() {
        stepper.close();
    }
}
