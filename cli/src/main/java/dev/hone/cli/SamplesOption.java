package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.SamplingOptions;
import dev.hone.runtime.SessionOptions;
import picocli.CommandLine.Option;

/** How many samples an explanation takes, and what is drawn for them. */
final class SamplesOption {
    @Option(
            names = "--samples",
            paramLabel = "N",
            description =
                    "Gradients per image, or steps, masks, coalitions (default: the method's, of gradient-shap 50; "
                            + "with --error the most, 20000).")
    private Integer samples;

    @Option(
            names = "--error",
            paramLabel = "E",
            description = "Take as many samples as bring the map's relative error down to E, such as 0.05.")
    private double error;

    @Option(
            names = "--noise",
            paramLabel = "LEVELS",
            description = "Deviation of Gaussian noise on the image, in units of the model's input (default: none).")
    private float noise;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the samples (default: ${DEFAULT-VALUE}). The baselines stay the same.")
    private long seed = 1;

    /** As asked for, or null for the method's own number. */
    Integer samples() {
        return samples;
    }

    double error() {
        return error;
    }

    float noise() {
        return noise;
    }

    long seed() {
        return seed;
    }

    /** @throws HoneException if a number is out of its range */
    SamplingOptions options(SessionOptions session) {
        if (samples != null && samples < 1 || !(noise >= 0) || !(error >= 0)) {
            throw new HoneException("--samples " + samples + ", --noise " + noise + ", --error " + error
                    + ": expected 1 or more samples, noise and error of 0 or more");
        }
        SamplingOptions options =
                SamplingOptions.defaults().withSeed(seed).withNoise(noise).withSession(session);
        options = error > 0 ? options.withError(error) : options;
        return samples != null ? options.withSamples(samples) : options;
    }
}
