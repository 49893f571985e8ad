package dev.hone.cli;

import picocli.CommandLine.Option;

/** How pixels are handed to a model that was not made by Hone and does not say. */
final class PixelOption {
    static final float[] IMAGENET_MEAN = {0.485f, 0.456f, 0.406f};
    static final float[] IMAGENET_DEVIATION = {0.229f, 0.224f, 0.225f};

    /** What a foreign model expects. */
    enum Pixels {
        /** 0 to 255. */
        BYTES,
        /** 0 to 1. */
        UNIT,
        /** ImageNet's mean and deviation per channel, as torchvision's networks expect. */
        IMAGENET
    }

    @Option(
            names = "--pixels",
            paramLabel = "RANGE",
            description =
                    "For models that Hone did not make: ${COMPLETION-CANDIDATES} (default: imagenet for 3 channels, "
                            + "unit for 1). Models that Hone made know it themselves.")
    Pixels pixels;
}
