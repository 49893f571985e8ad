package dev.hone.train.loop;

/** How far a run is along its schedule, when it validates and when it is over: by epochs, or by the clock. */
interface Pace {
    /** Part of what is left over which the rate rises again where a finished run goes on. */
    double REWARMING = 0.05;

    /** The learning rate of a step, counted from 0. */
    double rate(long step);

    /** The momentum of a step, NaN for the optimizer's own. */
    double momentum(long step);

    /** Epochs that there will be by the end, as far as is known. */
    int epochs();

    /** Whether no further step fits. */
    boolean isOver();

    /**
     * Whether the model is validated after an epoch.
     *
     * @param epoch counted from 1
     * @param last whether it is the last one
     */
    boolean validates(int epoch, boolean last);

    /** A step took so many seconds, with all that belongs to it. */
    void stepped(double seconds);

    /** A validation took so many seconds. */
    void validated(double seconds);

    /** Writing the model took so many seconds. */
    void saved(double seconds);

    /** Writing the checkpoint took so many seconds. */
    void checkpointed(double seconds);

    /** Seconds of the time limit that are used, those before an interruption included; 0 without a limit. */
    double used();
}
