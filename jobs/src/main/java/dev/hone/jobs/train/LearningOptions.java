package dev.hone.jobs.train;

import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import java.util.Map;

/** Loss, optimizer, schedule and length of training. */
public record LearningOptions(
        @Setting(
                help = "Passes over the training data.",
                label = "N",
                defText = "50, or as many as fit into --minutes",
                min = 1,
                group = "Training schedule")
        Integer epochs,

        @Setting(
                help = "Time limit in minutes; the learning rate schedule ends with it. 0 for none.",
                label = "M",
                def = "0",
                min = 0,
                group = "Training schedule")
        double minutes,

        @Setting(help = "Samples per step.", label = "N", def = "32", min = 2, group = "Training schedule")
        int batch,

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
                defText = "0.05 for adamw, 0.0005 for the others",
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
                def = "0.05",
                min = 0,
                max = 0.999,
                group = "Training schedule")
        double smoothing,

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
                def = "0.5",
                min = 0,
                max = 1,
                group = "Training schedule")
        double balance,

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
                clip,
                ema,
                patience);
    }

    /** The learning rate at its highest. */
    double rate() {
        return learningRate != null ? learningRate : optimizer == OptimizerName.SGD ? 0.05 : 0.003;
    }

    double decay() {
        return weightDecay != null ? weightDecay : optimizer == OptimizerName.ADAMW ? 0.05 : 0.0005;
    }
}
