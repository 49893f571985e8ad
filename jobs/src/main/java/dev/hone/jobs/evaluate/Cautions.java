package dev.hone.jobs.evaluate;

import dev.hone.core.text.Figures;
import dev.hone.data.Split;
import dev.hone.explain.quality.BorderShare;
import dev.hone.explain.quality.GridShare;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ThresholdEvidence;
import dev.hone.model.metric.Metrics;
import dev.hone.model.metric.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What a reader should know before trusting an evaluation, in sentences. */
final class Cautions {
    /** A rate whose interval is wider says little. */
    private static final double WIDEST = 0.2;

    /** So much more than its share of the area is a grid, or a border. */
    private static final double EXCESS = 0.05;

    /** Fewer maps say little of a grid. */
    static final int MAPS = 10;

    private final List<String> sentences = new ArrayList<>();
    private final String unit;

    /** @param unit what samples are: images or rows */
    Cautions(String unit) {
        this.unit = unit;
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }

    /** Comes first. @param curves training curves by name; empty where they are unknown */
    Cautions learning(Map<String, double[]> curves) {
        LearningCurve.unfinished(curves).ifPresent(sentence -> sentences.add(0, sentence));
        return this;
    }

    /** What the evaluated samples are too few for, and a model that has learned nothing. */
    Cautions metrics(ModelEvaluation model) {
        Metrics metrics = model.metrics();
        List<String> labels = model.evaluation().labels();
        List<String> absent = IntStream.range(0, labels.size())
                .filter(c -> metrics.confusion().support(c) == 0)
                .mapToObj(labels::get)
                .toList();
        if (!absent.isEmpty()) {
            sentences.add("Nothing is known of " + quoted(absent) + ": none of the evaluated " + unit + " is of "
                    + (absent.size() == 1 ? "that class." : "these classes."));
        }
        if (labels.size() - absent.size() > 1
                && metrics.intervals().macroF1().low() <= metrics.constant().macroF1()) {
            sentences.add("The model may be no better than always '" + metrics.largestClass() + "': macro F1 "
                    + Figures.percent(metrics.confusion().macroF1()) + " ("
                    + metrics.intervals().macroF1().percent() + ") against "
                    + Figures.percent(metrics.constant().macroF1()) + ".");
        }
        if (model.good() < 0) {
            sentences.add(
                    "No class is known to be that of good parts, so that there is no escape rate and no overkill.");
            return this;
        }
        few("escape rate", metrics.escapes(), "defective");
        few("overkill", metrics.overkill(), "good");
        return this;
    }

    private void few(String name, Proportion rate, String kind) {
        if (rate.total() == 0) {
            sentences.add("The " + name + " is unknown: none of the evaluated " + unit + " is " + kind + ".");
        } else if (rate.width() > WIDEST) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The %s is hardly known from %d %s %s: its interval is %.0f points wide.",
                    name,
                    rate.total(),
                    kind,
                    unit,
                    100 * rate.width()));
        }
    }

    /**
     * Too few samples that a threshold was chosen on, or is to be chosen on.
     *
     * @param evidence of the threshold in force, or null
     * @param data with its validation samples
     */
    Cautions threshold(ThresholdEvidence evidence, EvaluatedData data, int good) {
        if (good < 0) {
            return this;
        }
        if (evidence != null) {
            if (evidence.isTooFew()) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "The reject threshold was chosen on too few %s %s: with %d good and %d defective ones, overkill may be "
                                + "%s and the escape rate %s.",
                        evidence.which(),
                        evidence.unit(),
                        evidence.overkill().total(),
                        evidence.escapes().total(),
                        evidence.overkill().interval(),
                        evidence.escapes().interval()));
            }
            return this;
        }
        int[] validation = data.indices(Split.VALIDATION);
        if (validation.length == 0) {
            return this;
        }
        long goods = IntStream.of(validation).filter(i -> data.label(i) == good).count();
        long fewest = Math.min(goods, validation.length - goods);
        Proportion none = new Proportion(0, fewest);
        if (none.width() > WIDEST) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The validation %s are too few to choose a reject threshold by: %d good and %d defective ones; 0 of %d "
                            + "errors have an interval of %.0f points.",
                    unit,
                    goods,
                    validation.length - goods,
                    fewest,
                    100 * none.width()));
        }
        return this;
    }

    /**
     * A grid or a border in attribution maps.
     *
     * @param maps as the model's input has them, not smoothed
     */
    Cautions maps(List<float[]> maps, int width) {
        if (maps.size() < MAPS) {
            return this;
        }
        GridShare grid = GridShare.largest(maps, width);
        if (grid != null && grid.lowerBound() > EXCESS) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The attribution maps show a grid with a pitch of %d pixels: %s of the attribution lies on %s of the "
                            + "pixels. The model looks at some pixels more than at others, and can miss small defects.",
                    grid.pitch(),
                    Figures.percent(grid.share()),
                    Figures.percent(grid.area())));
        }
        BorderShare border = BorderShare.of(maps, width);
        if (border != null && border.excess() - 2 * border.standardError() > EXCESS) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The attribution maps show the border of the image: %s of the attribution lies on the outermost %d "
                            + "pixels, %s of the area. Check whether the classes differ at the edges of the images.",
                    Figures.percent(border.share()),
                    border.pixels(),
                    Figures.percent(border.area())));
        }
        return this;
    }

    private static String quoted(List<String> labels) {
        return "'" + String.join("', '", labels) + "'";
    }
}
