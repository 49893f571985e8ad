package dev.hone.model.metric;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The threshold of the lowest expected cost of a part (Drummond and Holte 2006, "Cost curves"):
 *
 * <pre>cost = defects * escape * (escape rate) + (1 - defects) * overkill * (false reject rate)</pre>
 *
 * @param escape cost of a defective part that passes, 0 or more, in any unit
 * @param overkill cost of a good part that is rejected, in the same unit
 * @param defects share of defective parts on the line, 0 to 1; NaN for that of the samples
 */
public record CostRule(double escape, double overkill, double defects) implements ThresholdRule {
    public CostRule {
        if (!(escape >= 0 && overkill >= 0 && escape + overkill > 0 && Double.isFinite(escape + overkill))) {
            throw new IllegalArgumentException("costs " + escape + " and " + overkill + " are not positive numbers");
        }
        if (defects < 0 || defects > 1) {
            throw new IllegalArgumentException("share " + defects + " is not in 0..1");
        }
    }

    /** The expected cost of a part. @param share of defective parts among the samples, for where no other is given */
    public double of(Ranking.OperatingPoint point, double share) {
        double defective = Double.isNaN(defects) ? share : defects;
        return defective * escape * point.escape() + (1 - defective) * overkill * point.overkill();
    }

    /** The share of defective parts that costs go by. */
    public double share(Evaluation evaluation, int good) {
        return Double.isNaN(defects) ? evaluation.defectShare(good) : defects;
    }

    /** Of thresholds with the same cost the one with the fewest escapes. */
    @Override
    public Ranking.OperatingPoint point(Evaluation evaluation, int good) {
        double share = share(evaluation, good);
        List<Ranking.OperatingPoint> points = evaluation.operatingPoints(good);
        return points.stream()
                .min(Comparator.comparingDouble((Ranking.OperatingPoint p) -> of(p, share))
                        .thenComparingDouble(Ranking.OperatingPoint::escape))
                .orElseThrow();
    }

    @Override
    public String measured() {
        return "lowest cost per part";
    }

    @Override
    public String measured(Evaluation evaluation, int good) {
        return text(of(point(evaluation, good), share(evaluation, good)));
    }

    /** A cost with four digits. */
    public static String text(double cost) {
        return String.format(Locale.ROOT, "%.4g", cost);
    }

    @Override
    public boolean isTooFineFor(long good, long defective) {
        return false;
    }

    @Override
    public String toString() {
        return "cost " + escape + " of an escape, " + overkill + " of overkill"
                + (Double.isNaN(defects) ? "" : ", " + defects + " of the parts defective");
    }
}
