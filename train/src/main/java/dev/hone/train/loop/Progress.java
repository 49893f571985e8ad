package dev.hone.train.loop;

/** Hears how training goes. Every method does nothing unless it is overridden. */
public interface Progress {
    /**
     * Training is about to start or go on: so many epochs have been done and so many will have been done at the end. Said
     * again where a time limit changes their number.
     */
    default void started(int doneEpochs, int epochs, int stepsPerEpoch) {}

    /** A step is done; both numbers count from 1. */
    default void step(int epoch, int step, float loss) {}

    /** An epoch is done. */
    default void epoch(History.Epoch epoch, boolean best) {}

    /** A checkpoint could not be written; training goes on. */
    default void checkpointFailed(String why) {}

    /** Whether to stop after this step: the checkpoint is then written, so that training can be resumed. */
    default boolean stopRequested() {
        return false;
    }
}
