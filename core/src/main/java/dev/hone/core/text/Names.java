package dev.hone.core.text;

import java.util.Collection;

/** Lists of names in messages. */
public final class Names {
    private static final int SHOWN = 6;

    private Names() {}

    /** The first few names and the number of the remaining ones. */
    public static String some(Collection<String> names) {
        String first = String.join(", ", names.stream().limit(SHOWN).toList());
        return names.size() <= SHOWN ? first : first + " and " + (names.size() - SHOWN) + " more";
    }
}
