package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.Feeds;
import dev.hone.model.ModelCard;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.step.StepGraph;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.Stepper;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
    /** How far the logits of a file may be from those of training, as a fraction of the largest. */
    private static final double PARITY = 1e-3;

    private final StepOptions options;
    private final Plan plan;
    private final BatchSource training;
    private final BatchSource validation;
    private final List<String> labels;
    private final String identity;
    private final SessionOptions sessionOptions;
    private final Progress progress;
    private final Stepper stepper;
    private final String input;
    private final int stepsPerEpoch;
    private final History history = new History();
    private final Map<String, FloatBuffer> best = new LinkedHashMap<>();
    private int epochs;
    private int sinceBest;
    private double lossSum;
    private long correct;
    private long lastCheckpoint;

    /**
     * What came of training.
     *
     * @param model with the best weights by validation, or the last ones if nothing was validated
     * @param finished false if it was stopped before its time and can be resumed from the checkpoint
     */
    public record Outcome(Model model, History history, boolean finished) {}

    /**
     * @param start architecture and initial weights; its first output is logits [N,K], its input raw images
     * @param validation null for none
     * @param labels class names, in the order of the logits
     * @param identity of the data and whatever else the caller wants a checkpoint to be tied to
     */
    public Trainer(
            Model start,
            StepOptions options,
            Plan plan,
            BatchSource training,
            BatchSource validation,
            List<String> labels,
            String identity,
            SessionOptions sessionOptions,
            Progress progress) {
        this.options = options;
        this.plan = plan;
        this.training = training;
        this.validation = validation;
        this.labels = List.copyOf(labels);
        this.sessionOptions = sessionOptions;
        this.progress = progress;
        this.stepsPerEpoch = Math.toIntExact(training.samples() / options.batch());
        if (stepsPerEpoch == 0) {
            throw new HoneException("there are " + training.samples() + " training images, fewer than a batch of "
                    + options.batch() + "; use a smaller batch");
        }
        this.input = start.graph().inputs().get(0).name();
        this.stepper = new Stepper(start, options, sessionOptions, plan.seed());
        this.identity = identity + " | " + describe();
    }

    /** Everything that decides about the weights, so that a checkpoint of another run is not taken for this one's. */
    private String describe() {
        return "weights " + stepper.graph().weights().total()
                + ", classes " + labels
                + ", images " + training.samples()
                + ", batch " + options.batch()
                + ", " + options.optimizer()
                + ", smoothing " + options.loss().smoothing()
                + ", class weights " + Arrays.toString(options.loss().classWeights())
                + ", gamma " + options.loss().gamma()
                + ", clip " + options.clip()
                + ", statistics " + options.statisticsMomentum()
                + ", " + plan.schedule()
                + ", average " + (options.averaging() ? plan.averageDecay() : 0)
                + ", seed " + plan.seed()
                + (plan.minutes() > 0 ? ", minutes " + plan.minutes() : ", epochs " + plan.epochs());
    }

    /**
     * Trains to the end of the plan, or until {@link Progress#stopRequested}. Goes on from the plan's checkpoint if there
     * is one.
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
        lastCheckpoint = System.nanoTime();
        int epoch = (int) (stepper.step() / stepsPerEpoch);
        progress.started(epoch, epochs, stepsPerEpoch);
        boolean stopped = false;
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
        return new Outcome(bestModel(), history, !stopped);
    }

    private boolean patienceIsOver() {
        return plan.patience() > 0 && sinceBest >= plan.patience();
    }

    /** @return false if it was stopped in the middle */
    private boolean runEpoch(int epoch) {
        long total = (long) epochs * stepsPerEpoch;
        int first = (int) (stepper.step() % stepsPerEpoch);
        long start = System.nanoTime();
        double rate = 0;
        try (BatchSource.Stream batches = training.epoch(epoch, first)) {
            for (int i = first; i < stepsPerEpoch; i++) {
                rate = plan.schedule().rate(stepper.step(), total);
                double momentum = plan.schedule().momentum(stepper.step(), total);
                Stepper.Settings settings = new Stepper.Settings(rate, momentum, averageDecay());
                Stepper.Result result = feed(batches, (x, t) -> stepper.run(x, t, settings));
                lossSum += result.loss();
                correct += result.correct();
                progress.step(epoch + 1, i + 1, result.loss());
                if (progress.stopRequested() && i + 1 < stepsPerEpoch) {
                    return false;
                }
                if (i + 1 < stepsPerEpoch) {
                    checkpoint(false);
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        finishEpoch(epoch, rate, (stepsPerEpoch - first) * (double) options.batch() / seconds);
        return !progress.stopRequested() || epoch + 1 == epochs;
    }

    private double averageDecay() {
        double t = stepper.step() + 1.0;
        return Math.min(plan.averageDecay(), (1 + t) / (10 + t));
    }

    private interface Work<R> {
        R on(NativeTensor images, NativeTensor targets);
    }

    private <R> R feed(BatchSource.Stream batches, Work<R> work) {
        try (Batch batch = batches.next();
                Feeds feeds = Feeds.of(batch, List.of(input)).withTargets(batch, StepGraph.TARGETS)) {
            return work.on(feeds.tensors().get(input), feeds.tensors().get(StepGraph.TARGETS));
        }
    }

    private void finishEpoch(int epoch, double rate, double imagesPerSecond) {
        Evaluation evaluation = null;
        int every = Math.max(1, (epochs + plan.validations() - 1) / Math.max(1, plan.validations()));
        if (validation != null && ((epoch + 1) % every == 0 || epoch + 1 == epochs)) {
            evaluation = Evaluator.evaluate(stepper.snapshot(true), validation, labels, sessionOptions);
            if (!Double.isFinite(evaluation.logLoss())) {
                throw new HoneException("training diverged in epoch " + (epoch + 1) + ": the scores of the validation"
                        + " images are no numbers any more; use a lower learning rate");
            }
        }
        Confusion confusion = evaluation == null ? null : evaluation.confusion();
        History.Epoch done = new History.Epoch(
                epoch + 1,
                lossSum / stepsPerEpoch,
                correct / ((double) stepsPerEpoch * options.batch()),
                rate,
                evaluation == null ? Double.NaN : evaluation.logLoss(),
                confusion == null ? Double.NaN : confusion.accuracy(),
                confusion == null ? Double.NaN : confusion.macroF1(),
                imagesPerSecond);
        history.add(done);
        lossSum = 0;
        correct = 0;
        boolean isBest = done.validated() && history.best() == done;
        if (isBest) {
            keepBest();
            sinceBest = 0;
        } else if (done.validated()) {
            sinceBest++;
        }
        progress.epoch(done, isBest);
    }

    private void keepBest() {
        best.putAll(stepper.copies(true));
    }

    private Model bestModel() {
        return best.isEmpty() ? stepper.snapshot(true) : stepper.snapshot(best);
    }

    /**
     * Puts the card on a trained model and writes it, once the file's bytes are seen to compute what training computed.
     *
     * @throws HoneException if they do not, or if the file cannot be written
     */
    public void save(Model model, ModelCard card, Path file) {
        card.writeTo(model);
        byte[] bytes = OnnxWriter.toBytes(model);
        Map<String, FloatBuffer> vectors = best.isEmpty() ? stepper.copies(true) : best;
        try (BatchSource.Stream batches = training.epoch(0, 0)) {
            double difference = feed(batches, (x, t) -> stepper.difference(bytes, vectors, x));
            if (!(difference <= PARITY)) {
                throw new HoneException(file + ": not written, the exported model's logits differ from the trained"
                        + " one's by " + difference + " of the largest, expected at most " + PARITY);
            }
        }
        OnnxWriter.write(model, file);
    }

    // ---- time limit

    /** Times steps on real batches, and one validation; what comes of them is thrown away. */
    private int epochsThatFit(long began) {
        double budget = plan.minutes() * 60 * PLANNED;
        double stepSeconds = timeSteps(Math.min(5, budget / 40));
        double validationSeconds = 0;
        if (validation != null) {
            long start = System.nanoTime();
            Evaluator.evaluate(stepper.snapshot(true), validation, labels, sessionOptions);
            validationSeconds = (System.nanoTime() - start) / 1e9;
        }
        double left = budget - (System.nanoTime() - began) / 1e9;
        double epochSeconds = stepSeconds * stepsPerEpoch;
        double fits = (left - Math.min(plan.validations(), left / epochSeconds) * validationSeconds) / epochSeconds;
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
            progress.started(done, epochs, stepsPerEpoch);
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
                feed(batches, (x, t) -> {
                    stepper.rehearse(x, t);
                    return null;
                });
                done = i + 1 - warmup;
                if (i >= warmup && (System.nanoTime() - start) / 1e9 > seconds) {
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
                progress.checkpointFailed(e.getMessage());
            }
            lastCheckpoint = System.nanoTime();
        }
    }

    private void writeCheckpoint() {
        if (plan.checkpoint() == null) {
            return;
        }
        Map<String, FloatBuffer> state = new LinkedHashMap<>();
        stepper.stateNames().forEach(name -> state.put(name, stepper.vector(name)));
        new Checkpoint(identity, stepper.step(), epochs, lossSum, correct, sinceBest, history.epochs(), best, state)
                .write(plan.checkpoint());
    }

    private void resume(Path file) {
        Checkpoint saved = Checkpoint.read(file);
        if (!saved.identity().equals(identity)) {
            throw new HoneException(
                    file + ": the checkpoint is of another run (" + saved.identity() + "), this one is (" + identity
                            + "); delete it to start anew, or repeat the run with the arguments it was made with");
        }
        for (String name : stepper.stateNames()) {
            stepper.vector(name).put(saved.state().get(name));
        }
        stepper.resumeAt(saved.step());
        epochs = saved.epochs();
        lossSum = saved.lossSum();
        correct = saved.correct();
        sinceBest = saved.sinceBest();
        saved.history().forEach(history::add);
        best.putAll(saved.best());
    }

    @Override
    public void close() {
        stepper.close();
    }
}
