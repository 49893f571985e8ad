package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.Calibration;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.PrecisionRecall;
import dev.hone.model.metric.Ranking;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The curves of an evaluation: what other thresholds would do, and how far probabilities are to be trusted. */
final class EvaluationCurves {
    /** More lines cannot be told apart. */
    private static final int MOST_CLASSES = 6;

    private final List<ModelEvaluation> models;
    private final String unit;

    /** @param second model, or null */
    EvaluationCurves(ModelEvaluation first, ModelEvaluation second, String unit) {
        this.models = second == null ? List.of(first) : List.of(first, second);
        this.unit = unit;
    }

    List<Section> sections() {
        if (models.get(0).evaluation().size() == 0) {
            return List.of();
        }
        List<Figure> decisions = new ArrayList<>();
        if (hasBoth()) {
            decisions.add(escapes());
            decisions.add(precisionRecall());
            decisions.add(ScoreHistogram.of(models.get(0)));
            if (models.get(0).rule() instanceof CostRule) {
                decisions.add(cost());
            }
        } else {
            decisions.add(precisionRecallOfClasses());
        }
        return List.of(
                new Section(
                        hasBoth() ? "Thresholds" : "Precision and recall",
                        (hasBoth()
                                        ? "A part is rejected if its defect score, 1 - p(good), is at least the reject threshold. "
                                                + "The dots are the decisions in force. "
                                        : "")
                                + "The curves are those of the evaluated " + unit
                                + "; a threshold read from them is fitted to these " + unit + ".",
                        List.of(),
                        decisions,
                        null),
                calibration());
    }

    /** Whether there are good and defective samples, and it is known which they are. */
    private boolean hasBoth() {
        ModelEvaluation first = models.get(0);
        return first.good() >= 0
                && first.metrics().escapes().total() > 0
                && first.metrics().overkill().total() > 0;
    }

    private Figure escapes() {
        double overkills = models.stream()
                .mapToDouble(m -> m.metrics().overkill().share())
                .max()
                .orElse(1);
        double escapes = models.stream()
                .mapToDouble(m -> m.metrics().escapes().share())
                .max()
                .orElse(1);
        Plot plot =
                new Plot("Escape rate against overkill", zoomed("overkill", overkills), zoomed("escape rate", escapes));
        StringBuilder alt = new StringBuilder("Escape rate against overkill.");
        for (ModelEvaluation model : models) {
            List<Ranking.OperatingPoint> points = model.evaluation().operatingPoints(model.good());
            plot.steps(
                    model.name(),
                    points.stream()
                            .mapToDouble(Ranking.OperatingPoint::overkill)
                            .toArray(),
                    points.stream().mapToDouble(Ranking.OperatingPoint::escape).toArray());
            double overkill = model.metrics().overkill().share();
            double escape = model.metrics().escapes().share();
            plot.point("", overkill, escape);
            alt.append(' ').append(model.name()).append(": in force ").append(rates(escape, overkill));
            for (double limit : new double[] {0.01, 0.05, 0.2}) {
                Ranking.OperatingPoint point = model.evaluation().escapeAt(limit, model.good());
                alt.append("; at most ")
                        .append(Figures.percent(limit))
                        .append(" overkill: escape rate ")
                        .append(Figures.percent(point.escape()));
            }
            alt.append('.');
        }
        return Figure.ofSvg(plot.svg(), "", alt.toString());
    }

    /** Around what matters: most of the square of all shares is empty. */
    private static Plot.Axis zoomed(String name, double inForce) {
        return new Plot.Axis(name, 0, Math.min(1, Math.max(0.2, Math.ceil(15 * inForce) / 10)), true);
    }

    private static String rates(double escape, double overkill) {
        return "escape rate " + Figures.percent(escape) + " at " + Figures.percent(overkill) + " overkill";
    }

    private Figure precisionRecall() {
        Plot plot =
                new Plot("Precision and recall of defects", Plot.Axis.share("recall"), Plot.Axis.share("precision"));
        List<String> alt = new ArrayList<>();
        for (ModelEvaluation model : models) {
            String name = named(model.name(), model.metrics().averagePrecision());
            line(plot, name, model.evaluation().precisionRecall(model.good()));
            alt.add(name);
        }
        double share = models.get(0).evaluation().defectShare(models.get(0).good());
        plot.reference("share of defects", new double[] {0, 1}, new double[] {share, share});
        return Figure.ofSvg(
                plot.svg(),
                "",
                "Precision against recall of defects: " + String.join("; ", alt) + "; share of defects "
                        + Figures.percent(share) + ".");
    }

    private Figure precisionRecallOfClasses() {
        ModelEvaluation model = models.get(0);
        Evaluation evaluation = model.evaluation();
        Plot plot = new Plot("Precision and recall by class", Plot.Axis.share("recall"), Plot.Axis.share("precision"));
        List<String> alt = new ArrayList<>();
        int[] largest = IntStream.range(0, evaluation.labels().size())
                .boxed()
                .filter(c -> model.metrics().confusion().support(c) > 0)
                .sorted((a, b) -> Long.compare(
                        model.metrics().confusion().support(b),
                        model.metrics().confusion().support(a)))
                .limit(MOST_CLASSES)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        for (int c : largest) {
            PrecisionRecall curve = evaluation.precisionRecallOf(c);
            String name = named(Svg.cut(evaluation.labels().get(c), 20), curve.averagePrecision());
            line(plot, name, curve);
            alt.add(name);
        }
        return Figure.ofSvg(plot.svg(), "", "Precision against recall by class: " + String.join("; ", alt) + ".");
    }

    private static String named(String name, double averagePrecision) {
        return String.format(Locale.ROOT, "%s, AP %.3f", name, averagePrecision);
    }

    private static void line(Plot plot, String name, PrecisionRecall curve) {
        double[] recall = curve.points().stream()
                .mapToDouble(PrecisionRecall.Point::recall)
                .toArray();
        double[] precision = curve.points().stream()
                .mapToDouble(PrecisionRecall.Point::precision)
                .toArray();
        plot.line(name, recall, precision);
    }

    private Figure cost() {
        ModelEvaluation first = models.get(0);
        CostRule costs = (CostRule) first.rule();
        List<double[]> thresholds = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        for (ModelEvaluation model : models) {
            double share = costs.share(model.evaluation(), model.good());
            List<Ranking.OperatingPoint> points =
                    new ArrayList<>(model.evaluation().operatingPoints(model.good()));
            points.remove(0);
            thresholds.add(points.stream()
                    .mapToDouble(Ranking.OperatingPoint::threshold)
                    .toArray());
            values.add(points.stream().mapToDouble(p -> costs.of(p, share)).toArray());
        }
        Plot plot = new Plot(
                "Expected cost of a part",
                new Plot.Axis("reject threshold", 0, 1, false),
                Plot.Axis.around("cost per part", true, values.stream().flatMapToDouble(DoubleStream::of)));
        for (int i = 0; i < models.size(); i++) {
            plot.steps(models.get(i).name(), thresholds.get(i), values.get(i));
        }
        String alt = "Expected cost of a part against the reject threshold.";
        if (first.evaluation().decision().hasThreshold()) {
            double threshold = first.evaluation().decision().threshold();
            plot.vertical("threshold in force", threshold);
            double share = costs.share(first.evaluation(), first.good());
            alt += " At the threshold in force, " + Svg.number(threshold) + ", it is "
                    + CostRule.text(costs.of(first.evaluation().operatingPoint(), share)) + "; the lowest is "
                    + costs.measured(first.evaluation(), first.good()) + ".";
        }
        return Figure.ofSvg(plot.svg(), "", alt);
    }

    private Section calibration() {
        Plot plot = new Plot(
                "Reliability", Plot.Axis.share("probability of the most probable class"), Plot.Axis.share("accuracy"));
        plot.reference("perfectly calibrated", new double[] {0, 1}, new double[] {0, 1});
        List<String> alt = new ArrayList<>();
        for (ModelEvaluation model : models) {
            List<Calibration.Bin> bins = model.metrics().calibration().bins().stream()
                    .filter(bin -> bin.count() > 0)
                    .toList();
            double[] probability =
                    bins.stream().mapToDouble(Calibration.Bin::probability).toArray();
            double[] accuracy =
                    bins.stream().mapToDouble(Calibration.Bin::accuracy).toArray();
            if (model == models.get(0)) {
                plot.whiskers(
                        "",
                        probability,
                        accuracy,
                        bins.stream().mapToDouble(bin -> bin.right().low()).toArray(),
                        bins.stream().mapToDouble(bin -> bin.right().high()).toArray());
            }
            plot.line(model.name(), probability, accuracy);
            bins.forEach(bin -> alt.add(String.format(
                    Locale.ROOT,
                    "%s says %.0f %%, %.0f %% of %d are right",
                    model.name(),
                    100 * bin.probability(),
                    100 * bin.accuracy(),
                    bin.count())));
        }
        Calibration own = models.get(0).metrics().calibration();
        String verdict = String.format(
                Locale.ROOT,
                own.isOff()
                        ? "The probabilities are off by more than chance: on average %.1f points %s."
                        : "The probabilities are off by no more than chance: on average %.1f points %s.",
                100 * Math.abs(own.bias()),
                own.bias() > 0 ? "too high" : "too low");
        return new Section(
                "Calibration",
                "Expected calibration error " + own.text() + ": " + own.binning()
                        + "; by chance is the 95th percentile of a "
                        + "perfectly calibrated model on as many " + unit + ". " + verdict
                        + " Whiskers are 95 % score intervals (Wilson).",
                List.of(),
                List.of(Figure.ofSvg(plot.svg(), "", "Accuracy against probability: " + String.join("; ", alt) + ".")),
                null);
    }
}
