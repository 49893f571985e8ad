package dev.hone.core.text;

import dev.hone.core.Shown;
import java.util.Collection;

/** Lists of names in messages. */
public final class Names {
    private static final int SHOWN = 6;

    private static final int LONGEST = 60;

    private Names() {}

    /** A text of a file as a message shows it: in one line, without control characters, its end left out if it is long. */
    public static String shown(String text) {
        int shown = Math.min(LONGEST, text.codePointCount(0, text.length()));
        String line = Shown.text(text.substring(0, text.offsetByCodePoints(0, shown)));
        return text.codePointCount(0, text.length()) > LONGEST ? line + "..." : line;
    }

    /** The first few names and the number of the remaining ones. */
    public static String some(Collection<String> names) {
        String first = String.join(", ", names.stream().limit(SHOWN).toList());
        return names.size() <= SHOWN ? first : first + " and " + (names.size() - SHOWN) + " more";
    }
}
