package dev.hone.train.loop;

import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.List;

/**
 * How long to train and what to keep.
 *
 * @param epochs passes over the training data; with a time limit, the most there may be
 * @param minutes time limit, 0 for none: steps are timed and the number of epochs is set, and kept, to what fits, so that
 *     the schedule ends when the time does
 * @param schedule of the learning rate
 * @param averageDecay how much of the moving average of weights is kept in a step; in the first steps less, {@code (1 +
 *     t) / (10 + t)}
 * @param patience validations without a better one after which training stops, 0 for never
 * @param validations how many times validation runs over the whole of training, at most once an epoch
 * @param seed of dropout; data and initial weights get it elsewhere
 * @param checkpoint where the state goes after every epoch, null for nowhere
 * @param phases with step options of their own, none for a run of one phase
 */
public record TrainingPlan(
        int epochs,
        double minutes,
        Schedule schedule,
        double averageDecay,
        int patience,
        int validations,
        long seed,
        Path checkpoint,
        List<Phase> phases) {
    public TrainingPlan {
        if (epochs < 1) {
            throw new HoneException("number of epochs is " + epochs + ", expected 1 or more");
        }
        if (!(minutes >= 0)) {
            throw new HoneException("time limit is " + minutes + " minutes, expected 0 (none) or more");
        }
        if (!(averageDecay >= 0 && averageDecay < 1)) {
            throw new HoneException(
                    "decay of the average of weights is " + averageDecay + ", expected at least 0 and less than 1");
        }
    }

    /** One cycle up to the given rate, averaging with decay 0.995, 20 validations, no early stop, no checkpoint. */
    public static TrainingPlan of(int epochs, double peakRate) {
        return new TrainingPlan(epochs, 0, new Schedule.OneCycle(peakRate), 0.995, 0, 20, 0, null, List.of());
    }

    public TrainingPlan withMinutes(double value) {
        return new TrainingPlan(epochs, value, schedule, averageDecay, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withSchedule(Schedule value) {
        return new TrainingPlan(epochs, minutes, value, averageDecay, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withAverageDecay(double value) {
        return new TrainingPlan(epochs, minutes, schedule, value, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withPatience(int value) {
        return new TrainingPlan(epochs, minutes, schedule, averageDecay, value, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withValidations(int value) {
        return new TrainingPlan(epochs, minutes, schedule, averageDecay, patience, value, seed, checkpoint, phases);
    }

    public TrainingPlan withSeed(long value) {
        return new TrainingPlan(
                epochs, minutes, schedule, averageDecay, patience, validations, value, checkpoint, phases);
    }

    public TrainingPlan withCheckpoint(Path value) {
        return new TrainingPlan(epochs, minutes, schedule, averageDecay, patience, validations, seed, value, phases);
    }

    public TrainingPlan withPhases(List<Phase> value) {
        return new TrainingPlan(
                epochs, minutes, schedule, averageDecay, patience, validations, seed, checkpoint, List.copyOf(value));
    }
}
