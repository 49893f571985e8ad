package dev.hone.jobs.train;

import dev.hone.train.loop.Schedule;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.network.RowNetworks;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.objective.EnsembleLoss;
import dev.hone.train.objective.FocalLoss;
import dev.hone.train.objective.Objective;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;

/** Turns options of learning, in which nothing is left open, into a step and a plan. */
final class Learning {
    private final LearningOptions options;

    Learning(LearningOptions options) {
        this.options = options;
    }

    /** @param counts training samples of each class */
    StepOptions step(int batch, int[] counts) {
        float[] weights = weights(counts);
        Objective loss = options.focal() > 0
                ? new FocalLoss(options.focal(), options.smoothing(), weights)
                : new CrossEntropy(options.smoothing(), weights, adjustment(counts));
        return step(batch, loss);
    }

    /** For a network of members that vote. */
    StepOptions ensembleStep(int batch, int[] counts) {
        return step(
                batch,
                new EnsembleLoss(
                        RowNetworks.MEMBERS,
                        options.smoothing(),
                        weights(counts),
                        options.focal(),
                        adjustment(counts)));
    }

    private StepOptions step(int batch, Objective loss) {
        double decay = options.weightDecay();
        Optimizer optimizer =
                switch (options.optimizer()) {
                    case SGD -> new Optimizer.Sgd(0.9, true, decay);
                    case ADAM -> new Optimizer.Adam(decay);
                    case ADAMW -> new Optimizer.AdamW(decay);
                };
        return StepOptions.of(batch, loss, optimizer)
                .withClip(options.clip())
                .withAveraging(options.ema() > 0)
                .withStochasticDepth(options.stochasticDepth());
    }

    /** 1 / size^p, scaled so that the mean over the training samples is 1; null for equal weights. */
    private float[] weights(int[] counts) {
        double power = options.classWeights();
        if (power == 0) {
            return null;
        }
        double sum = 0;
        double all = 0;
        for (int count : counts) {
            sum += count * Math.pow(Math.max(1, count), -power);
            all += count;
        }
        float[] weights = new float[counts.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = (float) (Math.pow(Math.max(1, counts[c]), -power) * all / sum);
        }
        return weights;
    }

    /** {@code tau log prior}, the prior being the classes' shares after re-sampling; null for none. */
    private float[] adjustment(int[] counts) {
        if (options.logitAdjustment() == 0) {
            return null;
        }
        double[] shares = new double[counts.length];
        double sum = 0;
        for (int c = 0; c < counts.length; c++) {
            shares[c] = Math.pow(Math.max(1, counts[c]), 1 - options.balance());
            sum += shares[c];
        }
        float[] adjustment = new float[counts.length];
        for (int c = 0; c < counts.length; c++) {
            adjustment[c] = (float) (options.logitAdjustment() * Math.log(shares[c] / sum));
        }
        return adjustment;
    }

    TrainingPlan plan(long seed) {
        double rate = options.learningRate();
        Schedule schedule =
                switch (options.schedule()) {
                    case CONSTANT -> new Schedule.Constant(rate);
                    case COSINE -> new Schedule.WarmupCosine(rate, options.warmup(), 0);
                    case ONE_CYCLE -> new Schedule.OneCycle(rate);
                };
        return TrainingPlan.of(options.epochs(), rate)
                .withSchedule(schedule)
                .withMinutes(options.minutes())
                .withAverageDecay(options.ema())
                .withPatience(options.patience())
                .withSeed(seed);
    }
}
