package dev.hone.jobs.train;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.jobs.Tables;
import java.util.Map;

/** Loss, optimizer, schedule and length of training. */
public record LearningOptions(
        @Setting(
                help = "Passes over the training data.",
                label = "N",
                defText = "50; 20 for a table; with a time limit as many as fit",
                min = 1,
                group = "Training schedule")
        Integer epochs,

        @Setting(
                help =
                        "Time limit in minutes for the whole command; the learning rate schedule ends with it. 0 for none.",
                label = "M",
                def = "0",
                min = 0,
                group = "Training schedule")
        double minutes,

        @Setting(
                help = "Samples per step.",
                label = "N",
                defText = "32; for a table up to 256, depending on its rows",
                min = 2,
                group = "Training schedule")
        Integer batch,

        @Setting(
                help = "Highest learning rate.",
                label = "R",
                defText = "0.003; 0.05 for sgd",
                min = Double.MIN_VALUE,
                group = "Training schedule")
        Double learningRate,

        @Setting(help = "Optimizer.", label = "NAME", def = "adamw", group = "Training schedule")
        OptimizerName optimizer,

        @Setting(
                help = "Weight decay.",
                label = "D",
                defText = "0.05 for adamw (0.5 for a table), 0.0005 for the others",
                min = 0,
                group = "Training schedule")
        Double weightDecay,

        @Setting(help = "Learning rate schedule.", label = "NAME", def = "cosine", group = "Training schedule")
        ScheduleName schedule,

        @Setting(
                help = "Share of the steps in which the learning rate rises, for the cosine schedule.",
                label = "SHARE",
                def = "0.06",
                min = 0,
                max = 1,
                group = "Training schedule")
        double warmup,

        @Setting(
                help = "Label smoothing.",
                label = "S",
                defText = "0.05; 0 for a table",
                min = 0,
                max = 0.999,
                group = "Training schedule")
        Double smoothing,

        @Setting(
                help = "Gamma of the focal loss; 0 for cross-entropy.",
                label = "GAMMA",
                def = "0",
                min = 0,
                group = "Training schedule")
        double focal,

        @Setting(
                help = "Weight each class in the loss by 1 / size^P; 0 for equal weights.",
                label = "P",
                def = "0",
                min = 0,
                group = "Training schedule")
        double classWeights,

        @Setting(
                help =
                        "Sample rare classes more often: 0 takes every sample once per epoch, 1 every class equally often.",
                label = "P",
                defText = "0.5; 0 for a table",
                min = 0,
                max = 1,
                group = "Training schedule")
        Double balance,

        @Setting(
                help =
                        "Logit adjustment for rare classes: TAU times the log of each class's share is added to its logit in"
                                + " the loss; 0 for none, 1 for the balanced error.",
                label = "TAU",
                def = "0",
                min = 0,
                max = 10,
                group = "Training schedule")
        double logitAdjustment,

        @Setting(
                help =
                        "Stochastic depth: probability that the last residual branch is left out for an image in a step; it"
                                + " falls to 0 in the first.",
                label = "P",
                def = "0",
                min = 0,
                max = 0.9,
                group = "Training schedule")
        double stochasticDepth,

        @Setting(
                help = "Largest norm of the gradient; 0 for no limit.",
                label = "NORM",
                def = "5",
                min = 0,
                group = "Training schedule")
        double clip,

        @Setting(
                help = "Decay of the exponential moving average of weights; 0 for none.",
                label = "DECAY",
                def = "0.995",
                min = 0,
                max = 0.999999,
                group = "Training schedule")
        double ema,

        @Setting(
                help = "Stop after N validations without improvement; 0 for never.",
                label = "N",
                def = "0",
                min = 0,
                group = "Training schedule")
        int patience) {

    /** @throws OptionException if logit adjustment and focal loss are both on */
    public LearningOptions {
        if (logitAdjustment > 0 && focal > 0) {
            throw new OptionException(
                    "logit-adjustment", logitAdjustment + " does not go with a focal loss; set one of the two to 0");
        }
    }

    /** More epochs than fit into any time limit. */
    private static final int UNLIMITED = 1000;

    /** How weights follow the gradient. */
    public enum OptimizerName {
        SGD,
        ADAM,
        ADAMW
    }

    /** How the learning rate goes over the steps. */
    public enum ScheduleName {
        CONSTANT,
        COSINE,
        ONE_CYCLE
    }

    public static LearningOptions defaults() {
        return Options.of(LearningOptions.class).build(Map.of());
    }

    public LearningOptions withMinutes(double value) {
        return with(epochs, value);
    }

    public LearningOptions withEpochs(Integer value) {
        return with(value, minutes);
    }

    private LearningOptions with(Integer newEpochs, double newMinutes) {
        return new LearningOptions(
                newEpochs,
                newMinutes,
                batch,
                learningRate,
                optimizer,
                weightDecay,
                schedule,
                warmup,
                smoothing,
                focal,
                classWeights,
                balance,
                logitAdjustment,
                stochasticDepth,
                clip,
                ema,
                patience);
    }

    /** As many epochs as there is time for. */
    LearningOptions unlimited() {
        return with(UNLIMITED, minutes);
    }

    /**
     * With the defaults for a pretrained network that is trained further, where nothing is given: a learning rate of a tenth,
     * as many epochs as there is time for.
     */
    LearningOptions forFineTuning() {
        return withDefaults(UNLIMITED, 32, 0.1, 0.05, 0.05, 0.5);
    }

    /** With the defaults for images where nothing is given. */
    LearningOptions forImages() {
        return withDefaults(50, 32, 1, 0.05, 0.05, 0.5);
    }

    /**
     * With the defaults for a table where nothing is given: steps of a twentieth of the rows, from 32 to 256.
     *
     * @param rows for training
     */
    LearningOptions forRows(int rows) {
        int usual = Math.max(32, Math.min(256, Integer.highestOneBit(Math.max(1, rows / 20))));
        return withDefaults(20, usual, 1, Tables.isSmall(rows) ? 1 : 0.5, 0, 0);
    }

    /** @param rateFactor on the usual learning rate */
    private LearningOptions withDefaults(
            int usualEpochs,
            int usualBatch,
            double rateFactor,
            double usualDecay,
            double usualSmoothing,
            double usualBalance) {
        return new LearningOptions(
                epochs != null ? epochs : (Integer) (minutes > 0 ? UNLIMITED : usualEpochs),
                minutes,
                batch != null ? batch : (Integer) usualBatch,
                learningRate != null
                        ? learningRate
                        : (Double) (rateFactor * (optimizer == OptimizerName.SGD ? 0.05 : 0.003)),
                optimizer,
                weightDecay != null ? weightDecay : (Double) (optimizer == OptimizerName.ADAMW ? usualDecay : 0.0005),
                schedule,
                warmup,
                smoothing != null ? smoothing : (Double) usualSmoothing,
                focal,
                classWeights,
                balance != null ? balance : (Double) usualBalance,
                logitAdjustment,
                stochasticDepth,
                clip,
                ema,
                patience);
    }
}
