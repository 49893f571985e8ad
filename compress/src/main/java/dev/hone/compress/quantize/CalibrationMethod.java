package dev.hone.compress.quantize;

import java.util.Locale;

/** How the range of an activation is chosen from the values that it took on the calibration data. */
public enum CalibrationMethod {
    /** Everything that was seen: nothing is clipped, and one outlier widens the quantization scale. */
    MIN_MAX,
    /** All but a fixed share of the values, cut off at both ends alike. */
    PERCENTILE,
    /** The clipping that loses the least information: smallest Kullback-Leibler divergence of the histograms. */
    ENTROPY,
    /** The clipping with the smallest mean squared error of the values. */
    MEAN_SQUARED_ERROR,
    /** Whichever of the others keeps the model's first output closest to FP32 on the calibration data. */
    MEASURED;

    /** As options name it, such as {@code mean-squared-error}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
