package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.train.objective.Objective;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a training step does.
 *
 * @param batch samples in a step, fixed so that the runtime can plan its memory; 2 or more if the model has batch
 *     normalizations
 * @param objective what is minimized
 * @param optimizer how weights change
 * @param clip largest norm of the whole gradient, longer ones are shortened to it; 0 for no limit
 * @param averaging whether a moving average of weights and statistics is kept beside them
 * @param statisticsMomentum how much of the running mean and variance of batch norms is kept in a step
 * @param frozen says by name which weights stay as they are
 * @param also names of initializers that are trained though no layer reads them as its weights, such as steps of
 *     quantization and the weights behind it
 * @param factors on the learning rate and weight decay of single weights
 * @param keptStatistics says by the name of its running mean which batch normalization works as at inference, by its running
 *     statistics, which stay as they are; its scale and bias are trained unless they are frozen or held. Those whose scale
 *     and bias are both frozen or held keep their statistics anyway
 * @param stochasticDepth probability that the last residual branch is left out of a step for a sample, falling to 0 in the
 *     first one; 0 for none
 * @param phased whether weights are held in one phase of training and released in another: the optimizer then counts the
 *     steps of each weight, see {@link Stepper#enter}
 */
public record StepOptions(
        int batch,
        Objective objective,
        Optimizer optimizer,
        double clip,
        boolean averaging,
        double statisticsMomentum,
        Predicate<String> frozen,
        Set<String> also,
        WeightFactors factors,
        Predicate<String> keptStatistics,
        double stochasticDepth,
        boolean phased) {
    public StepOptions {
        if (batch < 1) {
            throw new HoneException("batch size is " + batch + ", expected 1 or more");
        }
        if (!(clip >= 0)) {
            throw new HoneException("gradient clipping at " + clip + ", expected 0 (off) or more");
        }
        if (!(statisticsMomentum >= 0 && statisticsMomentum < 1)) {
            throw new HoneException(
                    "momentum of batch statistics is " + statisticsMomentum + ", expected at least 0 and less than 1");
        }
        if (!(stochasticDepth >= 0 && stochasticDepth < 1)) {
            throw new HoneException("stochastic depth is " + stochasticDepth + ", expected at least 0 and less than 1");
        }
    }

    /** Clipping at norm 5, averaging, statistics momentum 0.9, nothing frozen. */
    public static StepOptions of(int batch, Objective objective, Optimizer optimizer) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                5,
                true,
                0.9,
                name -> false,
                Set.of(),
                WeightFactors.NONE,
                name -> false,
                0,
                false);
    }

    public StepOptions withObjective(Objective value) {
        return new StepOptions(
                batch,
                value,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withClip(double value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                value,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withAveraging(boolean value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                value,
                statisticsMomentum,
                frozen,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withStatisticsMomentum(double value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                value,
                frozen,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withFrozen(Predicate<String> value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                value,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withAlso(Set<String> value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                Set.copyOf(value),
                factors,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withFactors(WeightFactors value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                value,
                keptStatistics,
                stochasticDepth,
                phased);
    }

    public StepOptions withKeptStatistics(Predicate<String> value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                factors,
                value,
                stochasticDepth,
                phased);
    }

    public StepOptions withPhased(boolean value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                factors,
                keptStatistics,
                stochasticDepth,
                value);
    }

    public StepOptions withStochasticDepth(double value) {
        return new StepOptions(
                batch,
                objective,
                optimizer,
                clip,
                averaging,
                statisticsMomentum,
                frozen,
                also,
                factors,
                keptStatistics,
                value,
                phased);
    }
}
