package dev.hone.explain;

/**
 * How a method works; immutable, each {@code with} method returns a changed copy. What a method does not use it ignores.
 *
 * @param common samples, seed, noise, threads. Samples are gradients, steps of the integral, masks or coalitions
 * @param layer the name of the value (a node's output) that is explained instead of the input, or at which Grad-CAM
 *     looks; null for the method's default
 * @param window side of the part of the input that occlusion covers, 0 for a tenth of the longer side
 * @param stride by how much it moves, 0 for half the window
 * @param contrast index of the class that scores are compared with ({@link Contrast}), -1 for none
 */
public record MethodOptions(SamplingOptions common, String layer, int window, int stride, int contrast) {
    public MethodOptions {
        if (window < 0 || stride < 0) {
            throw new IllegalArgumentException("window " + window + ", stride " + stride + "; expected 0 or more");
        }
    }

    public static MethodOptions of(SamplingOptions common) {
        return new MethodOptions(common, null, 0, 0, -1);
    }

    public MethodOptions withCommon(SamplingOptions value) {
        return new MethodOptions(value, layer, window, stride, contrast);
    }

    public MethodOptions withLayer(String value) {
        return new MethodOptions(common, value, window, stride, contrast);
    }

    public MethodOptions withWindow(int side, int by) {
        return new MethodOptions(common, layer, side, by, contrast);
    }

    public MethodOptions withContrast(int value) {
        return new MethodOptions(common, layer, window, stride, value);
    }
}
