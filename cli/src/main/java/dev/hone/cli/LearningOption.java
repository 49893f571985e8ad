package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.train.loop.Plan;
import dev.hone.train.loop.Schedule;
import dev.hone.train.step.Loss;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.nio.file.Path;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** Loss, optimizer, schedule and length of training. */
final class LearningOption {
    enum Method {
        SGD,
        ADAM,
        ADAMW
    }

    enum Course {
        CONSTANT,
        COSINE,
        ONECYCLE
    }

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: 50, or as many as fit into --minutes).")
    Integer epochs;

    @Option(names = "--minutes", paramLabel = "M", description = "Time limit: the schedule is made to end with it.")
    double minutes;

    @Option(names = "--batch", paramLabel = "N", description = "Images per step (default: ${DEFAULT-VALUE}).")
    int batch = 32;

    @Option(names = "--rate", paramLabel = "R", description = "Highest learning rate (default: 0.003, for sgd 0.05).")
    Double rate;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Method optimizer = Method.ADAMW;

    @Option(names = "--weight-decay", paramLabel = "D", description = "Default: 0.05 for adamw, 0.0005 for the others.")
    Double weightDecay;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Course schedule = Course.COSINE;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            description = "Part of the steps in which the rate rises, for cosine (default: ${DEFAULT-VALUE}).")
    double warmup = 0.06;

    @Option(names = "--smoothing", paramLabel = "S", description = "Label smoothing (default: ${DEFAULT-VALUE}).")
    double smoothing = 0.05;

    @Option(
            names = "--focal",
            paramLabel = "GAMMA",
            description = "Focal loss with this gamma; 0 is cross-entropy (default: ${DEFAULT-VALUE}).")
    double focal;

    @Option(
            names = "--class-weights",
            paramLabel = "P",
            description =
                    "Weighs each class in the loss by 1 / size^P; 0 for equal weights (default: ${DEFAULT-VALUE}).")
    double classWeights;

    @Option(
            names = "--balance",
            paramLabel = "P",
            description =
                    "Draws rare classes more often: 0 every image once, 1 every class equally often (default: ${DEFAULT-VALUE}).")
    double balance = 0.5;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "Largest norm of the gradient; 0 for no limit (default: ${DEFAULT-VALUE}).")
    double clip = 5;

    @Option(
            names = "--ema",
            paramLabel = "DECAY",
            description = "Moving average of weights; 0 for none (default: ${DEFAULT-VALUE}).")
    double ema = 0.995;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N validations without a better one; 0 for never (default: ${DEFAULT-VALUE}).")
    int patience;

    private double rate() {
        return rate != null ? rate : optimizer == Method.SGD ? 0.05 : 0.003;
    }

    /** Finds what is out of range before any long work. */
    void check() {
        require(balance >= 0 && balance <= 1, "--balance " + balance, "a share from 0 to 1");
        require(warmup >= 0 && warmup <= 1, "--warmup " + warmup, "a share from 0 to 1");
        require(classWeights >= 0, "--class-weights " + classWeights, "0 or more");
        require(patience >= 0, "--patience " + patience, "0 or more");
        require(batch >= 2, "--batch " + batch, "2 or more");
        require(rate() > 0, "--rate " + rate(), "more than 0");
    }

    private static void require(boolean holds, String found, String expected) {
        if (!holds) {
            throw new HoneException(found + ", expected " + expected);
        }
    }

    StepOptions stepOptions(int batchSize, DataSet set, int[] training, Predicate<String> frozen) {
        double decay = weightDecay != null ? weightDecay : optimizer == Method.ADAMW ? 0.05 : 0.0005;
        Optimizer chosen =
                switch (optimizer) {
                    case SGD -> new Optimizer.Sgd(0.9, true, decay);
                    case ADAM -> new Optimizer.Adam(decay);
                    case ADAMW -> new Optimizer.AdamW(decay);
                };
        Loss loss = Loss.crossEntropy().withSmoothing(smoothing).withFocus(focal);
        if (classWeights > 0) {
            loss = loss.withClassWeights(weights(set, training));
        }
        return StepOptions.of(batchSize, loss, chosen)
                .withClip(clip)
                .withAveraging(ema > 0)
                .withFrozen(frozen);
    }

    /** 1 / size^p, scaled so that the mean over the training images is 1. */
    private float[] weights(DataSet set, int[] training) {
        double[] counts = new double[set.classes().size()];
        for (int index : training) {
            counts[set.samples().get(index).label()]++;
        }
        double sum = 0;
        for (double count : counts) {
            sum += count * Math.pow(Math.max(1, count), -classWeights);
        }
        float[] weights = new float[counts.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = (float) (Math.pow(Math.max(1, counts[c]), -classWeights) * training.length / sum);
        }
        return weights;
    }

    Plan plan(long seed, Path checkpoint) {
        int most = epochs != null ? epochs : minutes > 0 ? 1000 : 50;
        Schedule course =
                switch (schedule) {
                    case CONSTANT -> new Schedule.Constant(rate());
                    case COSINE -> new Schedule.WarmupCosine(rate(), warmup, 0);
                    case ONECYCLE -> new Schedule.OneCycle(rate());
                };
        return Plan.of(most, rate())
                .withSchedule(course)
                .withMinutes(minutes)
                .withAverageDecay(ema)
                .withPatience(patience)
                .withSeed(seed)
                .withCheckpoint(checkpoint);
    }
}
