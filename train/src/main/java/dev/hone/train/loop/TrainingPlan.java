package dev.hone.train.loop;

import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.List;

/**
 * How long to train and what to keep.
 *
 * @param epochs passes over the training data; with a time limit, the most there may be
 * @param minutes time limit for the whole run, 0 for none: the schedule follows the clock and ends when the time does, in
 *     the middle of an epoch if need be; the last validation and the writing of the model are inside the limit
 * @param deadline moment by which the run is over, like {@code minutes}, which may end it earlier; null for none
 * @param schedule of the learning rate
 * @param averageDecay how much of the moving average of weights is kept in a step; in the first steps less, {@code (1 +
 *     t) / (10 + t)}
 * @param patience validations without a better one after which training stops, 0 for never
 * @param validations how many times validation runs over the whole of training, at most once an epoch
 * @param seed of dropout; data and initial weights get it elsewhere
 * @param checkpoint where the state goes about once a minute and, once the run is finished, for a longer one to go on
 *     from; null for nowhere
 * @param phases with step options of their own, none for a run of one phase
 */
public record TrainingPlan(
        int epochs,
        double minutes,
        Deadline deadline,
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

    /** Whether the clock ends the run. */
    public boolean isTimed() {
        return minutes > 0 || deadline != null;
    }

    /** One cycle up to the given rate, averaging with decay 0.995, 20 validations, no early stop, no checkpoint. */
    public static TrainingPlan of(int epochs, double peakRate) {
        return new TrainingPlan(epochs, 0, null, new Schedule.OneCycle(peakRate), 0.995, 0, 20, 0, null, List.of());
    }

    public TrainingPlan withMinutes(double value) {
        return new TrainingPlan(
                epochs, value, deadline, schedule, averageDecay, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withDeadline(Deadline value) {
        return new TrainingPlan(
                epochs, minutes, value, schedule, averageDecay, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withSchedule(Schedule value) {
        return new TrainingPlan(
                epochs, minutes, deadline, value, averageDecay, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withAverageDecay(double value) {
        return new TrainingPlan(
                epochs, minutes, deadline, schedule, value, patience, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withPatience(int value) {
        return new TrainingPlan(
                epochs, minutes, deadline, schedule, averageDecay, value, validations, seed, checkpoint, phases);
    }

    public TrainingPlan withValidations(int value) {
        return new TrainingPlan(
                epochs, minutes, deadline, schedule, averageDecay, patience, value, seed, checkpoint, phases);
    }

    public TrainingPlan withSeed(long value) {
        return new TrainingPlan(
                epochs, minutes, deadline, schedule, averageDecay, patience, validations, value, checkpoint, phases);
    }

    public TrainingPlan withCheckpoint(Path value) {
        return new TrainingPlan(
                epochs, minutes, deadline, schedule, averageDecay, patience, validations, seed, value, phases);
    }

    public TrainingPlan withPhases(List<Phase> value) {
        return new TrainingPlan(
                epochs,
                minutes,
                deadline,
                schedule,
                averageDecay,
                patience,
                validations,
                seed,
                checkpoint,
                List.copyOf(value));
    }
}
