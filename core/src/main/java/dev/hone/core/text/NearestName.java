package dev.hone.core.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the known name that a misspelled one most likely means. */
public final class NearestName {
    private NearestName() {}

    /**
     * The name with the smallest edit distance, upper and lower case counting as equal; empty if none is closer than half
     * the name's length (at least 2).
     */
    public static Optional<String> of(String name, Collection<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        int most = Math.max(2, lower.length() / 2);
        return known.stream()
                .filter(k -> distance(lower, k.toLowerCase(Locale.ROOT)) <= most)
                .min(Comparator.comparingInt(k -> distance(lower, k.toLowerCase(Locale.ROOT))));
    }

    /** {@code "; did you mean 'age'?"}, or "" if no name is close enough. */
    public static String hint(String name, Collection<String> known) {
        return of(name, known).map(k -> "; did you mean '" + k + "'?").orElse("");
    }

    /** Levenshtein distance: insertions, deletions and substitutions of single characters. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
