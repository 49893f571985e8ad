package dev.hone.jobs.evaluate;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.text.Figures;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.Json;
import dev.hone.model.Cards;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import dev.hone.model.ThresholdEvidence;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.Decision;
import dev.hone.model.metric.Evaluation;
import dev.hone.model.metric.Proportion;
import dev.hone.model.metric.Ranking;
import dev.hone.model.metric.ThresholdRule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A threshold for rejecting parts, chosen on samples that are not for testing: one chosen on the test samples would fit them
 * better than it fits any other part.
 *
 * @param count how many samples it was chosen on
 * @param point what the threshold does on them
 * @param evidence which they are, and the counts of errors on them
 * @param cost the expected cost of a part on them; NaN where it was not chosen by costs
 */
public record ThresholdChoice(
        Decision decision, int count, Ranking.OperatingPoint point, ThresholdEvidence evidence, double cost) {

    /** Where a threshold is chosen: on training samples only where no validation samples are. */
    static Split split(Function<Split, int[]> indices) {
        return indices.apply(Split.VALIDATION).length > 0 ? Split.VALIDATION : Split.TRAIN;
    }

    /** @throws HoneException if there are no such samples, or no threshold keeps the limit on them */
    static ThresholdChoice on(EvaluatedData set, int good, ThresholdRule rule, Progress progress) {
        if (good < 0) {
            throw new OptionException(
                    "good",
                    "a threshold needs the class of parts without a defect, and none of " + set.classes()
                            + " has a name that says so");
        }
        Split split = split(set::indices);
        int[] indices = set.indices(split);
        String which = split == Split.VALIDATION ? "validation" : "training";
        if (split == Split.TRAIN) {
            if (indices.length == 0) {
                throw new HoneException(
                        set.source() + " has test " + set.unit() + " only; a threshold is chosen on validation or "
                                + "training data, as one chosen on test data would make them look better than they are");
            }
            progress.warning("the threshold is chosen on training " + set.unit()
                    + ", which the model knows; expect a higher escape " + "rate and overkill on others");
        }
        long goodImages =
                Arrays.stream(indices).filter(i -> set.label(i) == good).count();
        long defective = indices.length - goodImages;
        if (goodImages == 0 || defective == 0) {
            throw new HoneException(set.source() + ": its " + which + " " + set.unit() + " are "
                    + (goodImages == 0
                            ? "all defective"
                            : "all '" + set.classes().get(good) + "'")
                    + "; a threshold is chosen on good and defective ones");
        }
        if (rule.isTooFineFor(goodImages, defective)) {
            progress.warning(goodImages + " good and " + defective + " defective " + which + " " + set.unit()
                    + " are too few to measure the limit (" + rule + ")");
        }
        Evaluation evaluation = set.evaluate(indices, "threshold", progress);
        Ranking.OperatingPoint point = rule.point(evaluation, good);
        if (Double.isInfinite(point.threshold())) {
            throw new HoneException(rule
                    + (rule instanceof CostRule
                            ? ": on the " + which + " " + set.unit()
                                    + " it costs least to reject nothing; check the costs "
                                    + "and the share of defective parts"
                            : ": among the " + which + " " + set.unit()
                                    + " the part most like a defect is a good one, so that nothing could be rejected; allow "
                                    + "more"));
        }
        ThresholdEvidence evidence = new ThresholdEvidence(
                which,
                set.unit(),
                new Proportion(Math.round(point.escape() * defective), defective),
                new Proportion(Math.round(point.overkill() * goodImages), goodImages));
        if (rule instanceof CostRule && point.overkill() == 1) {
            progress.warning("by these costs every good one of the " + which + " " + set.unit() + " is rejected");
        }
        double cost = rule instanceof CostRule costs ? costs.of(point, costs.share(evaluation, good)) : Double.NaN;
        return new ThresholdChoice(new Decision(good, point.threshold()), indices.length, point, evidence, cost);
    }

    /** Writes a copy of a model that decides by the threshold. */
    void write(Path model, Path to, ThresholdRule rule) {
        Model copy = ModelFiles.readUnchanged(model);
        ModelCard.read(copy.metadata()).withDecision(decision).writeTo(copy);
        Cards.derived(copy, model, null, List.of("threshold", rule.toString(), evidence.which()));
        evidence.writeTo(copy.metadata());
        ModelWriter.write(copy, to);
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                "reject threshold %.4f, chosen on %d %s %s: %soverkill %s, escape rate %s",
                point.threshold(),
                count,
                evidence.which(),
                evidence.unit(),
                Double.isNaN(cost) ? "" : "cost per part " + CostRule.text(cost) + ", ",
                Figures.percent(point.overkill()),
                Figures.percent(point.escape()));
    }

    public Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("value", point.threshold());
        map.put(evidence.unit(), count);
        map.put("which", evidence.which());
        map.put("overkill", Json.round(point.overkill(), 6));
        map.put("escapeRate", Json.round(point.escape(), 6));
        map.put("overkillInterval95", MetricsDocument.ends(evidence.overkill()));
        map.put("escapeRateInterval95", MetricsDocument.ends(evidence.escapes()));
        if (!Double.isNaN(cost)) {
            map.put("costPerPart", Json.round(cost, 6));
        }
        return map;
    }
}
