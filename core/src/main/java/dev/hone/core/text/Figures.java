package dev.hone.core.text;

import java.util.Locale;

/** Human-readable sizes, counts and fractions, independent of the locale. */
public final class Figures {
    private Figures() {}

    /** A fraction from 0 to 1 as {@code 92.1 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** A size as {@code 1.24 MB}, in powers of ten. */
    public static String bytes(long bytes) {
        return bytes < 1000 ? bytes + " B" : scaled(bytes, new String[] {"kB", "MB", "GB", "TB"});
    }

    /** A count as {@code 1.81 G}. */
    public static String count(double number) {
        return number < 999.5
                ? String.format(Locale.ROOT, "%.0f", number)
                : scaled(number, new String[] {"k", "M", "G", "T"});
    }

    /** A relative error as a percentage; anything above 100 % becomes {@code over 100 %}. */
    public static String error(double relative) {
        return relative > 1 ? "over 100 %" : percent(relative);
    }

    /** A number rounded to some decimals, so that output is as long as it is precise; null for what is no number. */
    public static Double round(double value, int decimals) {
        return Double.isFinite(value) ? Double.valueOf(String.format(Locale.ROOT, "%." + decimals + "f", value)) : null;
    }

    private static String scaled(double number, String[] units) {
        if (Double.isNaN(number)) {
            return "unknown";
        }
        int unit = -1;
        double scaled = number;
        while (scaled >= 999.5 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT, scaled < 10 ? "%.2f %s" : scaled < 100 ? "%.1f %s" : "%.0f %s", scaled, units[unit]);
    }
}
