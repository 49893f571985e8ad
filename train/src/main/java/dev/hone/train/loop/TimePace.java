package dev.hone.train.loop;

import java.util.function.LongSupplier;

/**
 * A run with a time limit. The schedule follows the clock, whatever the steps take, so that the learning rate reaches its
 * end when the time does; the last validation and the writing of the model are inside the limit. Their durations are known
 * from before, in steps, so that they grow with those where other work slows the machine.
 */
final class TimePace implements Pace {
    /** The schedule's number of ticks; it is by time, not by steps. */
    private static final long TICKS = 1_000_000;
    /** For what takes longer than it did before. */
    private static final double MARGIN = 1.25;
    /** One before the model is written, one after it. */
    private static final int CHECKPOINTS = 2;
    /** What a checkpoint takes as a part of what a model takes, until one was written: it is neither compared nor opened. */
    private static final double CHECKPOINT = 0.25;
    /** Most of the whole time that is kept for the end: a model that has not been trained need not be validated. */
    private static final double MOST_RESERVED = 0.5;
    /** How much of the time between two validations one may take. */
    private static final double VALIDATING = 0.2;
    /** What writing better models adds to the time of training. */
    private static final double WRITING = 1.05;
    /** Share of the latest step in the moving average. */
    private static final double LATEST = 0.2;

    private final LongSupplier clock;
    private final TrainingPlan plan;
    private final long maximum;
    private final int stepsPerEpoch;
    private final long zero;
    private final double limit;
    private final double restart;
    private final Work validation = new Work();
    private final Work saving = new Work();
    private final Work checkpoint = new Work();
    private double stepSeconds;
    private double position;
    private long steps;
    private boolean over;
    /** By the clock; 0 for none yet: the first model is wanted early. */
    private long lastValidation;

    /** Work of a known duration. */
    private final class Work {
        private double seconds;
        private double inSteps;

        void took(double duration) {
            seconds = duration;
            inSteps = stepSeconds > 0 ? duration / stepSeconds : 0;
        }

        /** What it would take now. */
        double expected() {
            return Math.max(seconds, inSteps * stepSeconds);
        }
    }

    /**
     * @param used seconds of the limit that were used before an interruption
     * @param restart of those, the ones after which a finished run went on; 0 if it did not
     * @param done steps that were done before
     * @param clock in nanoseconds, from any moment on
     */
    TimePace(TrainingPlan plan, int stepsPerEpoch, double used, double restart, long done, LongSupplier clock) {
        this.clock = clock;
        this.plan = plan;
        this.stepsPerEpoch = stepsPerEpoch;
        this.maximum = (long) plan.epochs() * stepsPerEpoch;
        this.zero = clock.getAsLong() - (long) (used * 1e9);
        double whole = plan.minutes() > 0 ? plan.minutes() * 60 : Double.MAX_VALUE;
        double shared = plan.deadline() != null ? used + plan.deadline().left() : Double.MAX_VALUE;
        this.limit = Math.max(1e-3, Math.min(whole, shared));
        this.restart = restart;
        this.steps = done;
    }

    /** Seconds of the whole run. */
    double limit() {
        return limit;
    }

    /** What was measured before training began. */
    void expect(double step, double validating, double writing) {
        stepSeconds = step;
        validation.took(validating);
        saving.took(writing);
        checkpoint.took(writing * CHECKPOINT);
    }

    @Override
    public double used() {
        return (clock.getAsLong() - zero) / 1e9;
    }

    /** The seconds that are there for steps and for validations between them. */
    private double forSteps() {
        double reserved = MARGIN * (validation.expected() + saving.expected() + CHECKPOINTS * checkpoint.expected());
        return limit - Math.min(reserved, MOST_RESERVED * limit);
    }

    /** How much of the run is done, 0 to 1; never falls. */
    private double position(long step) {
        double byTime = used() / forSteps();
        position = Math.min(1, Math.max(position, Math.max(byTime, (double) step / maximum)));
        return position;
    }

    private long tick(long step) {
        return Math.min(TICKS - 1, (long) (position(step) * TICKS));
    }

    @Override
    public double rate(long step) {
        steps = step;
        double rate = plan.schedule().rate(tick(step), TICKS);
        if (restart == 0) {
            return rate;
        }
        double rising = REWARMING * (forSteps() - restart);
        double passed = used() - restart + stepSeconds;
        return rising <= 0 ? rate : rate * Math.max(0, Math.min(1, passed / rising));
    }

    @Override
    public double momentum(long step) {
        return plan.schedule().momentum(tick(step), TICKS);
    }

    @Override
    public int epochs() {
        double epoch = stepSeconds * stepsPerEpoch;
        if (!(epoch > 0)) {
            return plan.epochs();
        }
        double withRest = WRITING * (epoch + validation.expected() * Math.min(1, epoch / apart()));
        double left = Math.max(0, forSteps() - used()) / withRest;
        return (int) Math.max(1, Math.min(plan.epochs(), Math.ceil((double) steps / stepsPerEpoch + left - 0.05)));
    }

    /** Seconds between two validations. */
    private double apart() {
        return Math.max(limit / Math.max(1, plan.validations()), validation.expected() / VALIDATING);
    }

    @Override
    public boolean isOver() {
        over |= used() + stepSeconds > forSteps();
        return over;
    }

    @Override
    public boolean validates(int epoch, boolean last) {
        // To the nearest epoch.
        double since = (clock.getAsLong() - lastValidation) / 1e9 + stepSeconds * stepsPerEpoch / 2;
        boolean worth = forSteps() - used() > validation.expected();
        return last || worth && (lastValidation == 0 || since >= apart());
    }

    @Override
    public void stepped(double seconds) {
        stepSeconds = stepSeconds == 0 ? seconds : stepSeconds + LATEST * (seconds - stepSeconds);
        steps++;
    }

    @Override
    public void validated(double seconds) {
        validation.took(seconds);
        lastValidation = clock.getAsLong();
    }

    @Override
    public void saved(double seconds) {
        saving.took(seconds);
    }

    @Override
    public void checkpointed(double seconds) {
        checkpoint.took(seconds);
    }
}
