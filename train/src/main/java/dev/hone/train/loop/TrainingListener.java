package dev.hone.train.loop;

/** Hears how training goes, and may stop it. Every method does nothing unless it is overridden. */
public interface TrainingListener {
    /** Hears nothing and never cancels. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * Training is about to start or go on: so many epochs have been done and so many will have been done at the end. Said
     * again where a time limit changes their number.
     */
    default void started(int doneEpochs, int epochs, int stepsPerEpoch) {}

    /** A step is done; both numbers count from 1. */
    default void step(int epoch, int step, float loss) {}

    /** An epoch is done. */
    default void epoch(History.Epoch epoch, boolean best) {}

    /** A checkpoint could not be written; training continues. */
    default void checkpointFailed(String why) {}

    /** One epoch, of about so many seconds, does not fit into the time limit; training ends after it. */
    default void limitTooShort(double epochSeconds) {}

    /**
     * Whether training should stop. Asked after each step; a checkpoint is then written, if the plan has one, so that
     * training can be resumed.
     */
    default boolean isCancelled() {
        return false;
    }
}
