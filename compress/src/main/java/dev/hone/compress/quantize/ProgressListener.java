package dev.hone.compress.quantize;

/** Hears how far a quantization is. */
public interface ProgressListener {
    ProgressListener NONE = (step, done) -> {};

    /**
     * @param step what is being done, such as {@code calibrating}
     * @param done how much of it, in images for calibration
     */
    void progress(String step, long done);
}
