package dev.hone.explain;

import dev.hone.runtime.SessionOptions;

/**
 * How {@link GradientShap} works; immutable, each {@code with} method returns a changed copy.
 *
 * @param samples gradients per explanation, or the most of them where an error is given
 * @param error the relative error of the map ({@link Explanation#relativeError()}) at which sampling stops, 0 for a fixed
 *     number of samples
 * @param random seed
 * @param noise standard deviation of Gaussian noise on the image, in units of the model's input
 * @param chunk rows of one baseline that one run of the graph works on, at most 8; changes speed and memory, not the
 *     answer. 0, the default, is 32 of any baselines for models of little work, else 1, which is fastest on a processor,
 *     where several rows are computed side by side, one thread each
 * @param logits whether a Softmax, LogSoftmax or Sigmoid at the model's end is left out, so that scores are explained
 *     and not probabilities, which saturate
 * @param session threads and device
 */
public record SamplingOptions(
        int samples, double error, long seed, float noise, int chunk, boolean logits, SessionOptions session) {
    private static final int MOST = 20_000;

    public SamplingOptions {
        if (samples < 1 || chunk < 0 || !(noise >= 0) || !(error >= 0)) {
            throw new IllegalArgumentException("samples " + samples + ", chunk " + chunk + ", noise " + noise
                    + ", error " + error + "; expected 1 or more samples, chunk, noise and error of 0 or more");
        }
    }

    /** 50 samples, no noise, scores before the Softmax, all cores. */
    public static SamplingOptions defaults() {
        return new SamplingOptions(50, 0, 0, 0, 0, true, SessionOptions.defaults());
    }

    public SamplingOptions withSamples(int value) {
        return new SamplingOptions(value, error, seed, noise, chunk, logits, session);
    }

    /**
     * Samples until the error of the map, as estimated from the spread of its own samples, is at most this: one standard
     * deviation, the root mean square over seeds of {@code |map - converged map| / |converged map|} (Euclidean norms; the
     * converged map is that of infinitely many samples). Single maps may be somewhat farther away; maps of two seeds differ
     * by sqrt(2) times as much. With few samples the estimate is widened (Student's t), so
     * that sampling does not stop by luck.
     *
     * <p>20,000 samples at the most, unless {@link #withSamples} is called afterwards; where they do not suffice, the map has
     * the error that {@link Explanation#relativeError()} gives. Only methods that sample gradients stop by it:
     * {@link Method#GRADIENT_SHAP} and {@link Method#EXPECTED_GRADIENTS}.
     */
    public SamplingOptions withError(double value) {
        return new SamplingOptions(MOST, value, seed, noise, chunk, logits, session);
    }

    public SamplingOptions withSeed(long value) {
        return new SamplingOptions(samples, error, value, noise, chunk, logits, session);
    }

    public SamplingOptions withNoise(float value) {
        return new SamplingOptions(samples, error, seed, value, chunk, logits, session);
    }

    public SamplingOptions withChunk(int value) {
        return new SamplingOptions(samples, error, seed, noise, value, logits, session);
    }

    public SamplingOptions withLogits(boolean value) {
        return new SamplingOptions(samples, error, seed, noise, chunk, value, session);
    }

    public SamplingOptions withSession(SessionOptions value) {
        return new SamplingOptions(samples, error, seed, noise, chunk, logits, value);
    }
}
