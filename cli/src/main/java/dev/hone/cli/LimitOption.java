package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Ranking;
import picocli.CommandLine.Option;

/** What is held fixed where good parts may be rejected and defective ones may pass: one of the two shares. */
final class LimitOption {
    private static final double DEFAULT_OVERKILL = 0.05;

    @Option(
            names = "--overkill",
            paramLabel = "SHARE",
            description = "Share of good parts that may be rejected (default: " + DEFAULT_OVERKILL + ").")
    private Double overkill;

    @Option(
            names = "--escape",
            paramLabel = "SHARE",
            description = "Share of defective parts that may pass, instead of --overkill.")
    private Double escape;

    /** @throws HoneException if both are given, or one is no share */
    void check() {
        if (overkill != null && escape != null) {
            throw new HoneException("--overkill and --escape fix the same threshold; give one of them");
        }
        requireShare("--overkill", overkill);
        requireShare("--escape", escape);
    }

    private static void requireShare(String name, Double share) {
        if (share != null && !(share >= 0 && share <= 1)) {
            throw new HoneException(name + " " + share + ", expected a share from 0 to 1");
        }
    }

    /** The threshold that keeps the limit on these images, and what it does there. */
    Ranking.OperatingPoint point(Evaluation evaluation, int good) {
        return escape != null ? evaluation.overkillAt(escape, good) : evaluation.escapeAt(overkill(), good);
    }

    /** As a table names it. */
    String measured() {
        return escape != null
                ? "overkill at " + Figures.percent(escape) + " escapes"
                : "defects that escape at " + Figures.percent(overkill()) + " overkill";
    }

    /** What {@link #measured} names. */
    double measured(Evaluation evaluation, int good) {
        Ranking.OperatingPoint point = point(evaluation, good);
        return escape != null ? point.overkill() : point.escape();
    }

    /** How many images the limit allows of those it counts, which is less than one where there are too few of them. */
    boolean isTooFineFor(long goodImages, long defectiveImages) {
        double share = escape != null ? escape : overkill();
        return share > 0 && share * (escape != null ? defectiveImages : goodImages) < 1;
    }

    @Override
    public String toString() {
        return escape != null ? "--escape " + escape : "--overkill " + overkill();
    }

    private double overkill() {
        return overkill != null ? overkill : DEFAULT_OVERKILL;
    }
}
