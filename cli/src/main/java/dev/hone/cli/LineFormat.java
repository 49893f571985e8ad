package dev.hone.cli;

import dev.hone.core.Shown;
import java.util.Locale;

/** The one way to format lines of text for people: alike in every locale, and names from files stay within their line. */
final class LineFormat {
    private LineFormat() {}

    /** As {@link String#format}; what is no number is shown by {@link Shown#text}. */
    static String format(String format, Object... values) {
        Object[] shown = new Object[values.length];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = values[i] instanceof Number ? values[i] : Shown.text(String.valueOf(values[i]));
        }
        return String.format(Locale.ROOT, format, shown);
    }
}
