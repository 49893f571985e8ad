package dev.hone.compress;

import java.util.Locale;

/**
 * How much a model's first output suffers where one layer alone computes in INT8.
 *
 * @param layer the name of the layer's output
 * @param decibels signal-to-noise ratio of the output against FP32; infinite where they are equal
 * @param lost points that the metric loses against FP32; NaN where that was not measured
 */
public record LayerSensitivity(String layer, double decibels, double lost) {
    @Override
    public String toString() {
        String points = Double.isNaN(lost) ? "" : String.format(Locale.ROOT, ", %.2f points lost", lost);
        return String.format(Locale.ROOT, "%s (%.1f dB%s with this layer alone in INT8)", layer, decibels, points);
    }
}
