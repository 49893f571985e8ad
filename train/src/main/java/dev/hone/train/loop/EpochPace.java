package dev.hone.train.loop;

/** A run of so many epochs: nothing in it depends on the clock, so that the same options give the same weights. */
final class EpochPace implements Pace {
    private final TrainingPlan plan;
    private final long total;
    private final long restart;

    /** @param restart the step at which a finished run went on, 0 if it did not */
    EpochPace(TrainingPlan plan, int stepsPerEpoch, long restart) {
        this.plan = plan;
        this.total = (long) plan.epochs() * stepsPerEpoch;
        this.restart = restart;
    }

    @Override
    public double rate(long step) {
        double rate = plan.schedule().rate(Math.min(step, total - 1), total);
        if (restart == 0 || step < restart) {
            return rate;
        }
        long rising = Math.max(1, Math.round(REWARMING * (total - restart)));
        return rate * Math.min(1, (step - restart + 1.0) / rising);
    }

    @Override
    public double momentum(long step) {
        return plan.schedule().momentum(Math.min(step, total - 1), total);
    }

    @Override
    public int epochs() {
        return plan.epochs();
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public boolean validates(int epoch, boolean last) {
        int every = Math.max(1, (plan.epochs() + plan.validations() - 1) / Math.max(1, plan.validations()));
        return last || epoch % every == 0;
    }

    @Override
    public void stepped(double seconds) {}

    @Override
    public void validated(double seconds) {}

    @Override
    public void saved(double seconds) {}

    @Override
    public void checkpointed(double seconds) {}

    @Override
    public double used() {
        return 0;
    }
}
