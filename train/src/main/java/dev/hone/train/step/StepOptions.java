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
 */
public record StepOptions(
        int batch,
        Objective objective,
        Optimizer optimizer,
        double clip,
        boolean averaging,
        double statisticsMomentum,
        Predicate<String> frozen,
        Set<String> also) {
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
    }

    /** Clipping at norm 5, averaging, statistics momentum 0.9, nothing frozen. */
    public static StepOptions of(int batch, Objective objective, Optimizer optimizer) {
        return new StepOptions(batch, objective, optimizer, 5, true, 0.9, name -> false, Set.of());
    }

    public StepOptions withObjective(Objective value) {
        return new StepOptions(batch, value, optimizer, clip, averaging, statisticsMomentum, frozen, also);
    }

    public StepOptions withClip(double value) {
        return new StepOptions(batch, objective, optimizer, value, averaging, statisticsMomentum, frozen, also);
    }

    public StepOptions withAveraging(boolean value) {
        return new StepOptions(batch, objective, optimizer, clip, value, statisticsMomentum, frozen, also);
    }

    public StepOptions withStatisticsMomentum(double value) {
        return new StepOptions(batch, objective, optimizer, clip, averaging, value, frozen, also);
    }

    public StepOptions withFrozen(Predicate<String> names) {
        return new StepOptions(batch, objective, optimizer, clip, averaging, statisticsMomentum, names, also);
    }

    public StepOptions withAlso(Set<String> names) {
        return new StepOptions(
                batch, objective, optimizer, clip, averaging, statisticsMomentum, frozen, Set.copyOf(names));
    }
}
