package dev.hone.core;

/**
 * Text from outside as it is shown: names, labels, metadata and paths come from files that anyone may have made. Characters
 * that move the cursor, change colors, reorder what is beside them or cannot be seen are written as {@code \}{@code uXXXX},
 * as in JSON, so that a JSON text stays the same JSON.
 */
public final class Shown {
    private Shown() {}

    /** A text within a line: line breaks and tabs are escaped too, as {@code \n}, {@code \r} and {@code \t}. */
    public static String text(String text) {
        return escaped(text, true);
    }

    /** Lines of text: line feeds and tabs stay. */
    public static String lines(String text) {
        return escaped(text, false);
    }

    /** Whether a character is shown as it is. Half of a surrogate pair is not. */
    public static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String escaped(String text, boolean breaks) {
        int plain = plainPrefix(text, breaks);
        if (plain == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, plain);
        text.substring(plain).codePoints().forEach(c -> {
            if (isKept(c, breaks)) {
                shown.appendCodePoint(c);
            } else {
                append(shown, c);
            }
        });
        return shown.toString();
    }

    private static int plainPrefix(String text, boolean breaks) {
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!isKept(c, breaks)) {
                return at;
            }
            at += Character.charCount(c);
        }
        return at;
    }

    private static boolean isKept(int c, boolean breaks) {
        return isPlain(c) || !breaks && (c == '\n' || c == '\t');
    }

    private static void append(StringBuilder shown, int c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                for (char unit : Character.toChars(c)) {
                    shown.append("\\u").append(Character.forDigit(unit >> 12, 16));
                    shown.append(Character.forDigit(unit >> 8 & 15, 16));
                    shown.append(Character.forDigit(unit >> 4 & 15, 16));
                    shown.append(Character.forDigit(unit & 15, 16));
                }
            }
        }
    }
}
