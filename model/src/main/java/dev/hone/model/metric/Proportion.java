package dev.hone.model.metric;

import dev.hone.core.text.Figures;
import java.util.Locale;

/**
 * So many of so many, with its uncertainty: the 95 % score interval of Wilson (1927), "Probable inference, the law of
 * succession, and statistical inference", which holds for few samples and near 0 and 1.
 *
 * @param count how many have the property
 * @param total how many there are, 0 or more
 */
public record Proportion(long count, long total) {
    /** The 97.5 % quantile of the normal distribution. */
    static final double Z = 1.959963984540054;

    public Proportion {
        if (count < 0 || count > total) {
            throw new IllegalArgumentException(count + " of " + total + " is no proportion");
        }
    }

    /** The observed share; NaN of none. */
    public double share() {
        return total == 0 ? Double.NaN : (double) count / total;
    }

    /** Lower end of the interval, 0 to 1; 0 of none. */
    public double low() {
        return total == 0 || count == 0 ? 0 : Math.max(0, center() - halfWidth());
    }

    /** Upper end of the interval, 0 to 1; 1 of none. */
    public double high() {
        return total == 0 || count == total ? 1 : Math.min(1, center() + halfWidth());
    }

    private double center() {
        return (share() + Z * Z / (2 * total)) / (1 + Z * Z / total);
    }

    private double halfWidth() {
        double variance = share() * (1 - share()) / total + Z * Z / (4.0 * total * total);
        return Z * Math.sqrt(variance) / (1 + Z * Z / total);
    }

    /** How far apart the ends of the interval are. */
    public double width() {
        return high() - low();
    }

    /** The interval as {@code 3.5 to 36.0 %}. */
    public String interval() {
        return String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * low(), 100 * high());
    }

    /** The share as {@code 12.5 %}; a dash of none. */
    public String percent() {
        return total == 0 ? "-" : Figures.percent(share());
    }

    @Override
    public String toString() {
        return total == 0 ? "-" : percent() + " (" + interval() + ", " + count + " of " + total + ")";
    }
}
