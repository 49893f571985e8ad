package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.WeightDepth;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A part of a run with step options of its own, the state carried over from the part before: the head first, then more.
 *
 * @param name for checkpoints; a phase that does something else has another one
 * @param from share of all steps after which it begins, at least 0 and less than 1
 * @param change from the run's options to the phase's; batch, optimizer and frozen weights stay
 */
public record Phase(String name, double from, UnaryOperator<StepOptions> change) {
    public Phase {
        if (!(from >= 0 && from < 1)) {
            throw new HoneException("phase " + name + " begins at the share " + from
                    + " of the epochs, expected at least 0" + " and less than 1");
        }
    }

    /**
     * Fine-tuning from the top: first the head alone, then also the blocks above, then all.
     *
     * @param head share of the steps for the head alone; 0 for none
     * @param upper share of the steps after that for the last {@code blocks} blocks alone; 0 for none
     * @param blocks with weights, the head among them
     */
    public static List<Phase> fromTheTop(WeightDepth depth, double head, double upper, int blocks) {
        Phase first = top(depth, "head", 0, 1);
        Phase second = top(depth, "top " + blocks, head, blocks);
        Phase third = new Phase("all", head + upper, options -> options);
        return Stream.of(head > 0 ? first : null, upper > 0 ? second : null, third)
                .filter(phase -> phase != null)
                .toList();
    }

    private static Phase top(WeightDepth depth, String name, double from, int blocks) {
        return new Phase(
                name, from, options -> options.withFactors(options.factors().holding(depth.belowTop(blocks))));
    }

    /** Whether it has begun when so many steps are done. */
    boolean hasBegun(long step, long total) {
        return step >= Math.ceil(from * total - 1e-9);
    }

    @Override
    public String toString() {
        return "phase " + name + " from " + from;
    }
}
