package dev.hone.model;

/** The values that a model expects of pixels; a model made by Hone takes bytes and normalizes them itself. */
public enum PixelRange {
    /** 0 to 255. */
    BYTES,
    /** 0 to 1. */
    UNIT,
    /** ImageNet's mean and deviation per channel, as torchvision's networks expect. */
    IMAGENET;

    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    /** What is expected of images of so many channels where nobody says it. */
    static PixelRange of(PixelRange given, int channels) {
        return given != null ? given : channels == 3 ? IMAGENET : UNIT;
    }

    /** What is taken from a pixel of 0..255 of a channel. */
    float mean(int channel) {
        return this == IMAGENET ? 255 * MEAN[channel] : 0;
    }

    /** What the rest is divided by. */
    float deviation(int channel) {
        return switch (this) {
            case BYTES -> 1;
            case UNIT -> 255;
            case IMAGENET -> 255 * DEVIATION[channel];
        };
    }
}
