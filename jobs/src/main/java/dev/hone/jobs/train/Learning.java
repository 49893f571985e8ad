package dev.hone.jobs.train;

import dev.hone.data.DataSet;
import dev.hone.train.loop.Plan;
import dev.hone.train.loop.Schedule;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.objective.FocalLoss;
import dev.hone.train.objective.Objective;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Turns options of learning into a step and a plan. */
final class Learning {
    private final LearningOptions options;

    Learning(LearningOptions options) {
        this.options = options;
    }

    StepOptions step(int batch, DataSet set, int[] training, Predicate<String> frozen) {
        Optimizer optimizer =
                switch (options.optimizer()) {
                    case SGD -> new Optimizer.Sgd(0.9, true, options.decay());
                    case ADAM -> new Optimizer.Adam(options.decay());
                    case ADAMW -> new Optimizer.AdamW(options.decay());
                };
        float[] weights = options.classWeights() > 0 ? weights(set, training) : null;
        Objective loss = options.focal() > 0
                ? new FocalLoss(options.focal(), options.smoothing(), weights)
                : new CrossEntropy(options.smoothing(), weights);
        return StepOptions.of(batch, loss, optimizer)
                .withClip(options.clip())
                .withAveraging(options.ema() > 0)
                .withFrozen(frozen);
    }

    /** 1 / size^p, scaled so that the mean over the training samples is 1. */
    private float[] weights(DataSet set, int[] training) {
        double[] counts = new double[set.classes().size()];
        for (int index : training) {
            counts[set.samples().get(index).label()]++;
        }
        double power = options.classWeights();
        double sum = 0;
        for (double count : counts) {
            sum += count * Math.pow(Math.max(1, count), -power);
        }
        float[] weights = new float[counts.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = (float) (Math.pow(Math.max(1, counts[c]), -power) * training.length / sum);
        }
        return weights;
    }

    Plan plan(long seed, Path checkpoint) {
        double rate = options.rate();
        int epochs = options.epochs() != null ? options.epochs() : options.minutes() > 0 ? 1000 : 50;
        Schedule schedule =
                switch (options.schedule()) {
                    case CONSTANT -> new Schedule.Constant(rate);
                    case COSINE -> new Schedule.WarmupCosine(rate, options.warmup(), 0);
                    case ONE_CYCLE -> new Schedule.OneCycle(rate);
                };
        return Plan.of(epochs, rate)
                .withSchedule(schedule)
                .withMinutes(options.minutes())
                .withAverageDecay(options.ema())
                .withPatience(options.patience())
                .withSeed(seed)
                .withCheckpoint(checkpoint);
    }
}
