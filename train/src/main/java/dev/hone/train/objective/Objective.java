package dev.hone.train.objective;

import dev.hone.graph.Value;

/** What a training step minimizes. It is asked once, while the graph of the step is built. */
public interface Objective {
    /**
     * Appends the nodes of the loss.
     *
     * @return a scalar of float32, the mean over the batch: gradients of equal batches may then be averaged
     * @throws dev.hone.core.HoneException if the model has not the outputs that the objective needs
     */
    Value loss(ObjectiveContext context);

    /**
     * Its name and everything that decides about the loss's value. A checkpoint belongs to one such text, so that two
     * objectives which differ must not give the same.
     */
    String describe();
}
