package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import java.nio.file.Path;

/** Hears of each explanation as soon as it is made, in the order of the inputs. */
public interface ExplainListener {
    /** Hears nothing. */
    ExplainListener NONE = new ExplainListener() {};

    default void image(ImageExplanation explanation) {}

    /** An image that could not be explained; the others are. */
    default void failed(Path image, HoneException problem) {}

    /** An image that is predicted as the contrast class, with nothing to contrast. */
    default void uncontrasted(ImageResult.Uncontrasted image) {}

    default void row(RowExplanation explanation) {}
}
