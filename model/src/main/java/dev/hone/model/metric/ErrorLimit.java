package dev.hone.model.metric;

import dev.hone.core.text.Figures;

/**
 * What is held fixed where good parts may be rejected and defective ones may pass: one of the two shares.
 *
 * @param kind which share
 * @param share from 0 to 1
 */
public record ErrorLimit(Kind kind, double share) implements ThresholdRule {
    /** The share that is held fixed. */
    public enum Kind {
        /** Of good parts that are rejected. */
        OVERKILL,
        /** Of defective parts that pass. */
        ESCAPE
    }

    /** At most 5 % overkill. */
    public static final ErrorLimit DEFAULT = new ErrorLimit(Kind.OVERKILL, 0.05);

    public ErrorLimit {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share " + share + " is not in 0..1");
        }
    }

    /** The threshold that keeps the limit on these samples, and what it does there. */
    @Override
    public Ranking.OperatingPoint point(Evaluation evaluation, int good) {
        return kind == Kind.ESCAPE ? evaluation.overkillAt(share, good) : evaluation.escapeAt(share, good);
    }

    /** The share that is measured, as a table names it. */
    @Override
    public String measured() {
        return kind == Kind.ESCAPE
                ? "overkill at " + Figures.percent(share) + " escape rate"
                : "escape rate at " + Figures.percent(share) + " overkill";
    }

    @Override
    public String measured(Evaluation evaluation, int good) {
        Ranking.OperatingPoint point = point(evaluation, good);
        return Figures.percent(kind == Kind.ESCAPE ? point.overkill() : point.escape());
    }

    /** Whether the limit allows less than one sample of those it counts, since there are too few of them. */
    @Override
    public boolean isTooFineFor(long good, long defective) {
        return share > 0 && share * (kind == Kind.ESCAPE ? defective : good) < 1;
    }

    @Override
    public String toString() {
        return (kind == Kind.ESCAPE ? "escape rate " : "overkill ") + share;
    }
}
