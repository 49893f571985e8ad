package dev.hone.train.loop;

import java.nio.file.Path;

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

    /**
     * A run goes on from its checkpoint.
     *
     * @param finished whether that run had come to its end, and now goes on for longer
     */
    default void resumed(Path checkpoint, int doneEpochs, boolean finished) {}

    /**
     * There is a model that is better, by validation, than all before of this run; its own file may be written now. Not
     * called for each: a few percent of the time may go into this. Not called for what is best when the run ends: that is
     * in the outcome.
     */
    default void improved(Improvement better) {}

    /** A checkpoint could not be written; training continues. */
    default void checkpointFailed(String why) {}

    /** One epoch, of about so many seconds, does not fit into the time limit, which ends it. */
    default void limitTooShort(double epochSeconds) {}

    /**
     * Whether training should stop. Asked after each step; a checkpoint is then written, if the plan has one, so that
     * training can be resumed.
     */
    default boolean isCancelled() {
        return false;
    }
}
