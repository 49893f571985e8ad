package dev.hone.graph.analysis;

import dev.hone.graph.Model;

/**
 * How many samples a model is run on at once, so that each has the answer that it has alone: everything that forms batches
 * asks here.
 *
 * @param fixed rows that the model takes, 0 where it takes any number
 * @param alone whether the rows of a batch change each other, see {@link BatchMixing}
 */
public record BatchSize(int fixed, boolean alone) {
    /** @throws dev.hone.core.HoneException if inputs have different fixed sizes */
    public static BatchSize of(Model model) {
        Model bound = model.copy();
        FixedBatch.bind(bound);
        return new BatchSize(FixedBatch.of(bound), BatchMixing.isIn(bound));
    }

    /** Different samples of one run. @param most how many are wanted where the model leaves it open */
    public int samples(int most) {
        return alone ? 1 : fixed > 0 ? fixed : most;
    }

    /** Rows of the tensor for so many samples; those behind the samples repeat the last. */
    public int rows(int samples) {
        return fixed > 0 ? fixed : samples;
    }

    /** Whether batches of any size may be run as they are. */
    public boolean isOpen() {
        return fixed == 0 && !alone;
    }
}
