package dev.hone.cli;

import dev.hone.model.PixelRange;
import picocli.CommandLine.Option;

/** How pixels are handed to a model that was not made by Hone and does not say. */
final class PixelOption {
    @Option(
            names = "--pixels",
            paramLabel = "RANGE",
            description =
                    "For models that Hone did not make: ${COMPLETION-CANDIDATES} (default: imagenet for 3 channels, "
                            + "unit for 1). Models that Hone made know it themselves.")
    PixelRange pixels;
}
