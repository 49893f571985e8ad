package dev.hone.compress.quantize;

import dev.hone.compress.plan.Choice;
import java.util.List;

/**
 * What each part of a network costs in float and in integers on this machine, and what was made of it. All times are
 * milliseconds of one run on one image; NaN for control flow, which is not timed alone.
 *
 * @param regions in the order of the network; empty if the network could not be cut
 * @param predicted the time of the plan by the times of its regions, or NaN
 * @param measured whole models, timed in turn: the float model, that with everything in integers, and the best plan
 * @param chosen index of the model in {@code measured} that was taken
 * @param verdict one sentence
 */
public record PlanReport(List<Region> regions, double predicted, List<Whole> measured, int chosen, String verdict) {
    /**
     * @param choices all that were measured
     * @param chosen one of the choices; float for control flow, which has none
     * @param floats the least time with floats at both borders and no integers
     * @param integers the least time with all that can be in integers
     */
    public record Region(
            String name, List<Choice> choices, Choice chosen, double floats, double integers, String why) {}

    /** @param name float, everything in integers, or a plan */
    public record Whole(String name, double milliseconds) {}

    /** Whether everything that can be is in integers in the model that was taken. */
    public boolean isAllIntegers() {
        return chosen == 1;
    }

    /** Whether the model that was taken is the float model. */
    public boolean isFloat() {
        return chosen == 0;
    }
}
