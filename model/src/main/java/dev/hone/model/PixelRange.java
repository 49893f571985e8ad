package dev.hone.model;

import dev.hone.tflite.TfliteReader;
import java.util.Map;

/** The values that a model expects of pixels; a model made by Hone takes bytes and normalizes them itself. */
public enum PixelRange {
    /** 0 to 255. */
    BYTES,
    /** 0 to 1. */
    UNIT,
    /** -1 to 1, as Keras' MobileNets and most TFLite files expect. */
    SYMMETRIC,
    /** ImageNet's mean and deviation per channel, as torchvision's networks expect. */
    IMAGENET;

    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    /**
     * What a model expects of images: 0 to 255 where its metadata say so, as Hone's do; else what is given, or what is usual for a
     * file of its kind and for images of so many channels.
     *
     * @param given null where nobody says it
     */
    static PixelRange of(Map<String, String> metadata, PixelRange given, int channels) {
        String stated = metadata.get(TfliteReader.PIXELS_KEY);
        if (ModelCard.isIn(metadata) || TfliteReader.BYTES.equals(stated)) {
            return BYTES;
        }
        if (given == null && stated != null) {
            return SYMMETRIC;
        }
        return given != null ? given : channels == 3 ? IMAGENET : UNIT;
    }

    /** What is taken from a pixel of 0..255 of a channel. */
    float mean(int channel) {
        return switch (this) {
            case BYTES, UNIT -> 0;
            case SYMMETRIC -> 127.5f;
            case IMAGENET -> 255 * MEAN[channel];
        };
    }

    /** What the rest is divided by. */
    float deviation(int channel) {
        return switch (this) {
            case BYTES -> 1;
            case UNIT -> 255;
            case SYMMETRIC -> 127.5f;
            case IMAGENET -> 255 * DEVIATION[channel];
        };
    }
}
