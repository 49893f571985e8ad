package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.vision.augment.Augmentation;
import picocli.CommandLine.Option;

/** How training images are varied. */
final class AugmentOption {
    private static final Augmentation D = Augmentation.INSPECTION;

    @Option(names = "--no-augment", description = "Take training images as they are.")
    boolean none;

    @Option(
            names = "--flip-horizontal",
            paramLabel = "P",
            description = "Probability of mirroring left and right (default: ${DEFAULT-VALUE}).")
    double flipHorizontal = D.flipHorizontal();

    @Option(
            names = "--flip-vertical",
            paramLabel = "P",
            description = "Probability of mirroring top and bottom (default: ${DEFAULT-VALUE}).")
    double flipVertical = D.flipVertical();

    @Option(
            names = "--quarter-turns",
            paramLabel = "P",
            description = "Probability of a turn by 90, 180 or 270 degrees (default: ${DEFAULT-VALUE}).")
    double quarterTurns = D.quarterTurns();

    @Option(
            names = "--rotation",
            paramLabel = "DEGREES",
            description = "Largest turn, either way (default: ${DEFAULT-VALUE}).")
    double rotation = D.rotation();

    @Option(
            names = "--shift",
            paramLabel = "SHARE",
            description = "Largest shift, of the side (default: ${DEFAULT-VALUE}).")
    double shift = D.shift();

    @Option(names = "--zoom-out", paramLabel = "FACTOR", description = "Smallest scale (default: ${DEFAULT-VALUE}).")
    double zoomOut = D.zoomOut();

    @Option(names = "--zoom-in", paramLabel = "FACTOR", description = "Largest scale (default: ${DEFAULT-VALUE}).")
    double zoomIn = D.zoomIn();

    @Option(
            names = "--brightness",
            paramLabel = "SHARE",
            description = "Largest change of brightness, of 255 (default: ${DEFAULT-VALUE}).")
    double brightness = D.brightness();

    @Option(
            names = "--contrast",
            paramLabel = "SHARE",
            description = "Largest change of contrast (default: ${DEFAULT-VALUE}).")
    double contrast = D.contrast();

    @Option(names = "--blur", paramLabel = "P", description = "Probability of blur (default: ${DEFAULT-VALUE}).")
    double blur = D.blurProbability();

    @Option(names = "--grain", paramLabel = "P", description = "Probability of noise (default: ${DEFAULT-VALUE}).")
    double grain = D.noiseProbability();

    @Option(
            names = "--cutout",
            paramLabel = "P",
            description = "Probability of a blank rectangle (default: ${DEFAULT-VALUE}).")
    double cutout = D.cutoutProbability();

    @Option(
            names = "--mixup",
            paramLabel = "ALPHA",
            description =
                    "Mixes pairs of images, shares from Beta(ALPHA, ALPHA); 0 for none (default: ${DEFAULT-VALUE}).")
    double mixup = D.mixup();

    Augmentation augmentation() {
        if (none) {
            return Augmentation.NONE;
        }
        try {
            return ranges();
        } catch (IllegalArgumentException e) {
            throw new HoneException("how images are varied: " + e.getMessage(), e);
        }
    }

    private Augmentation ranges() {
        return new Augmentation(
                flipHorizontal,
                flipVertical,
                quarterTurns,
                rotation,
                shift,
                zoomOut,
                zoomIn,
                brightness,
                contrast,
                blur,
                D.blurSigma(),
                grain,
                D.noise(),
                cutout,
                D.cutout(),
                mixup);
    }
}
