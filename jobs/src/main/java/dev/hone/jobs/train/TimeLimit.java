package dev.hone.jobs.train;

import dev.hone.train.loop.Trainer;
import java.util.Locale;

/**
 * A time limit that cut training short: other work on the machine took the time that more epochs were planned for.
 *
 * @param minutes that were given
 * @param epochs that were trained
 * @param planned epochs that seemed to fit at first
 */
public record TimeLimit(double minutes, int epochs, int planned) {

    /** Null where training was not cut, or by less than a quarter: the learning rate schedule ends with the last epoch. */
    static TimeLimit of(double minutes, Trainer.Outcome outcome) {
        int epochs = outcome.history().epochs().size();
        int planned = epochs + outcome.dropped();
        return outcome.finished() && 4 * outcome.dropped() > planned ? new TimeLimit(minutes, epochs, planned) : null;
    }

    /** The minutes that the planned epochs would have taken. */
    public int minutesNeeded() {
        return (int) Math.ceil(minutes * planned / epochs);
    }

    /** What happened, in one sentence without a full stop. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "trained %d of %d planned epochs in the %s given; other work slowed the machine, and the model has not "
                        + "finished learning",
                epochs,
                planned,
                minutes == 1
                        ? "minute"
                        : (minutes == Math.rint(minutes) ? (Object) (long) minutes : (Object) minutes) + " minutes");
    }
}
