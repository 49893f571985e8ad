package dev.hone.compress.quantize;

import dev.hone.compress.plan.Choice;
import dev.hone.core.text.Figures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long each region of a network takes in FP32 and in INT8 on this CPU, and what was chosen. All times are
 * milliseconds of one run on one image; NaN for control flow, which is not timed alone.
 *
 * @param regions in the order of the network; empty if the network could not be cut
 * @param predicted the time of the plan by the times of its regions, or NaN
 * @param measured whole models, timed in turn: the FP32 model, that with all in INT8, and the best plan
 * @param chosen index of the model in {@code measured} that was taken
 * @param summary one sentence
 */
public record PlanReport(List<Region> regions, double predicted, List<Whole> measured, int chosen, String summary) {
    /**
     * @param choices all that were measured
     * @param chosen one of the choices; FP32 for control flow, which has none
     * @param fp32 the least time of the region in FP32, with FP32 at both borders
     * @param int8 the least time with all that can be in INT8
     */
    public record Region(String name, List<Choice> choices, Choice chosen, double fp32, double int8, String why) {}

    /** @param name FP32, all in INT8, or a plan */
    public record Whole(String name, double milliseconds) {}

    static final String ALL = "all in INT8";

    static final String PLAN = "the plan";

    /** By so much of its time the whole plan may differ from the sum of its regions. */
    private static final double CLOSE = 0.1;

    /**
     * One sentence where the plan as a whole takes clearly more or less than the sum of its regions; empty where it keeps what
     * they promise, within 10 %.
     */
    public String deviation() {
        double whole = measured.stream()
                .filter(one -> one.name().equals(PLAN))
                .findFirst()
                // The same model as that with all in INT8 is not entered twice.
                .or(() ->
                        measured.stream().filter(one -> one.name().equals(ALL)).findFirst())
                .map(Whole::milliseconds)
                .orElse(Double.NaN);
        if (!(Math.abs(predicted - whole) > CLOSE * whole)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "the regions of the plan sum to %.3f ms, but the whole plan takes %.3f ms; whole models decided",
                predicted,
                whole);
    }

    /** Whether everything that can be is in INT8 in the model that was taken. */
    public boolean isAllInt8() {
        return chosen == 1;
    }

    /** Whether the model that was taken is the FP32 model. */
    public boolean isFp32() {
        return chosen == 0;
    }

    /** For programs; milliseconds. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("summary", summary);
        document.put("taken", measured.get(chosen).name());
        Map<String, Object> wholes = new LinkedHashMap<>();
        measured.forEach(whole -> wholes.put(whole.name(), Figures.round(whole.milliseconds(), 4)));
        document.put("milliseconds", wholes);
        document.put("predicted", Figures.round(predicted, 4));
        document.put("predictionHolds", deviation().isEmpty());
        document.put("regions", regions.stream().map(PlanReport::document).toList());
        return document;
    }

    private static Map<String, Object> document(Region region) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("region", region.name());
        map.put("fp32", Figures.round(region.fp32(), 4));
        map.put("int8", Figures.round(region.int8(), 4));
        map.put("chosen", region.chosen().name());
        map.put("chosenMilliseconds", Figures.round(region.chosen().milliseconds(), 4));
        map.put("why", region.why());
        map.put("choices", region.choices().stream().map(PlanReport::document).toList());
        return map;
    }

    private static Map<String, Object> document(Choice choice) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", choice.name());
        map.put("in", choice.in().name().toLowerCase(Locale.ROOT));
        map.put("out", choice.out().name().toLowerCase(Locale.ROOT));
        map.put("milliseconds", Figures.round(choice.milliseconds(), 4));
        return map;
    }
}
