package dev.hone.compress;

import dev.hone.graph.Model;

/** One way to make a model smaller or faster, its options decided. It keeps no state and can be used several times. */
public interface Compression {
    /** Whether calibration data are used. */
    enum Calibration {
        UNUSED,
        OPTIONAL,
        REQUIRED
    }

    /**
     * @param model in FP32; not changed
     * @throws CompressionException if the model cannot be compressed this way, or the context lacks what that takes
     * @throws dev.hone.core.CancelledException if the context's progress asks for it
     */
    Compressed compress(Model model, CompressionContext context);

    /** Whether it looks at the context's calibration data. */
    Calibration calibration();

    /** Whether it needs the context's training data. */
    default boolean trains() {
        return false;
    }

    /** Whether its report says how long each part of the model takes on this machine. */
    default boolean measures() {
        return false;
    }

    /**
     * A compressed model.
     *
     * @param model another one than was given
     */
    record Compressed(Model model, CompressionReport report) {}
}
