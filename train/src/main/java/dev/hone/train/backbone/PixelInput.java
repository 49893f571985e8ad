package dev.hone.train.backbone;

import dev.hone.core.HoneException;
import dev.hone.model.ModelCard;
import dev.hone.tflite.TfliteReader;
import dev.hone.train.network.Normalization;
import java.util.Map;

/**
 * How a network was given its pixels.
 *
 * @param normalization of pixels from 0 to 255
 * @param bgr whether it takes blue before green before red
 */
record PixelInput(Normalization normalization, boolean bgr) {
    /** Where ONNX's metadata of images say which range the pixels have, and in which order the channels come. */
    private static final String RANGE = "Image.NominalPixelRange";

    private static final String FORMAT = "Image.BitmapPixelFormat";

    /**
     * @param given by the user, or null
     */
    static PixelInput of(Backbones.Source source, Normalization given) {
        if (source.known() != null) {
            return new PixelInput(
                    given != null ? given : source.known().normalization(),
                    source.known().bgr());
        }
        Map<String, String> metadata = source.model().metadata();
        if (ModelCard.isIn(metadata)) {
            if (given != null) {
                throw new HoneException("its normalization is inside the model already, it takes none before it");
            }
            return new PixelInput(new Normalization.Raw(), false);
        }
        if (given == null && TfliteReader.BYTES.equals(metadata.get(TfliteReader.PIXELS_KEY))) {
            return new PixelInput(new Normalization.Raw(), false);
        }
        boolean bgr = metadata.getOrDefault(FORMAT, "").startsWith("Bgr");
        return new PixelInput(given != null ? given : declared(metadata.get(RANGE)), bgr);
    }

    private static Normalization declared(String range) {
        if (range == null) {
            throw new HoneException("its file does not say how pixels are normalized; say imagenet (torchvision, timm),"
                    + " -1..1, 0..1, none, or mean and deviation");
        }
        return switch (range) {
            case "NominalRange_0_255" -> new Normalization.Raw();
            case "Normalized_0_1" -> new Normalization.Uniform(0, 255);
            case "Normalized_1_1" -> new Normalization.Uniform(127.5f, 127.5f);
            default ->
                throw new HoneException("its metadata '" + RANGE + "' is '" + range
                        + "', expected NominalRange_0_255, Normalized_0_1 or Normalized_1_1");
        };
    }
}
