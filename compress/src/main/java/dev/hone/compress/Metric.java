package dev.hone.compress;

import dev.hone.graph.Model;

/** How good a model is. */
@FunctionalInterface
public interface Metric extends AutoCloseable {
    /** @return 0 to 100, higher is better; with labels, on samples that neither calibration nor the final test uses */
    double points(Model model);

    /** Releases the data that it is computed on. */
    @Override
    default void close() {}
}
