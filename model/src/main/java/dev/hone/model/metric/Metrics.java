package dev.hone.model.metric;

/**
 * The metrics of one evaluation, computed once.
 *
 * @param good index of the class of parts without a defect, or -1
 * @param confusion of the decisions
 * @param constant the confusion matrix of always predicting the largest class
 * @param intervals of metrics that are no proportions
 * @param averagePrecision see {@link Evaluation#averagePrecision}
 */
public record Metrics(
        int good,
        Confusion confusion,
        Confusion constant,
        Intervals intervals,
        double rocAuc,
        double averagePrecision,
        double logLoss,
        Calibration calibration) {

    /** @param good index of the class of parts without a defect, or -1 */
    public static Metrics of(Evaluation evaluation, int good) {
        Confusion confusion = evaluation.confusion();
        return new Metrics(
                good,
                confusion,
                confusion.ofLargestClass(),
                evaluation.intervals(),
                evaluation.rocAuc(),
                evaluation.averagePrecision(good),
                evaluation.logLoss(),
                evaluation.calibration());
    }

    /** Defective parts that pass; null where no class is that of good parts. */
    public Proportion escapes() {
        return good < 0 ? null : confusion.escapes(good);
    }

    /** Good parts that are rejected; null where no class is that of good parts. */
    public Proportion overkill() {
        return good < 0 ? null : confusion.overkill(good);
    }

    /** The label of the class with the most samples. */
    public String largestClass() {
        return confusion.labels().get(confusion.largestClass());
    }
}
