package dev.hone.model.metric;

import java.util.Locale;

/**
 * A 95 % confidence interval of a metric.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
    /** Of shares as {@code 3.5 to 36.0 %}; a dash where it is unknown. */
    public String percent() {
        return isKnown() ? String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * low, 100 * high) : "-";
    }

    /** As {@code 0.9310 to 0.9620}; a dash where it is unknown. */
    public String number() {
        return isKnown() ? String.format(Locale.ROOT, "%.4f to %.4f", low, high) : "-";
    }

    /** Whether both ends are numbers. */
    public boolean isKnown() {
        return Double.isFinite(low) && Double.isFinite(high);
    }

    public double width() {
        return high - low;
    }

    /** The smallest interval that holds this one and a value. */
    Interval with(double value) {
        return new Interval(Math.min(low, value), Math.max(high, value));
    }
}
