package dev.hone.model.metric;

/** How a reject threshold is found on labelled samples. */
public sealed interface ThresholdRule permits ErrorLimit, CostRule {
    /**
     * The threshold on these samples, and what it does there; infinite where nothing is to be rejected.
     *
     * @param good index of the class of parts without a defect
     */
    Ranking.OperatingPoint point(Evaluation evaluation, int good);

    /** What is made small, as a table names it. */
    String measured();

    /** What {@link #measured} names, as text. */
    String measured(Evaluation evaluation, int good);

    /** Whether there are too few samples to find the threshold by. */
    boolean isTooFineFor(long good, long defective);
}
