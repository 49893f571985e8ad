package dev.hone.tflite.file;

/**
 * How the integers of a tensor stand for numbers: {@code scale * (q - zeroPoint)}.
 *
 * @param scales one for the tensor, or one for each index of an axis
 * @param zeroPoints as many as there are scales
 * @param axis that the scales go along, in the file's order of axes
 */
public record Quantization(float[] scales, long[] zeroPoints, int axis) {
    public boolean isPerAxis() {
        return scales.length > 1;
    }
}
