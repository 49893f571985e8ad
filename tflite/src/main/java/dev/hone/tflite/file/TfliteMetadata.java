package dev.hone.tflite.file;

import java.util.List;

/**
 * What the metadata of a TFLite file say of its first input and its first output.
 *
 * @param name of the model, or an empty text
 * @param license of the model, or an empty text
 * @param author of the model, or an empty text
 * @param labels class names in the order of the scores, empty if there are none
 * @param mean what is taken from a pixel of 0 to 255, per channel or one for all; empty if nothing is said
 * @param deviation what the rest is divided by
 */
public record TfliteMetadata(
        String name, String author, String license, List<String> labels, float[] mean, float[] deviation) {
    static final TfliteMetadata NONE = new TfliteMetadata("", "", "", List.of(), new float[0], new float[0]);

    public boolean hasNormalization() {
        return mean.length > 0;
    }
}
