package dev.hone.core.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the known name that a misspelled one most likely means. */
public final class NearestName {
    private NearestName() {}

    /**
     * The name that this one is short for, by its first three letters or more or by the first letters of its words; else
     * the one with the smallest edit distance, upper and lower case counting as equal; empty if too many letters of either
     * differ: more than half, or all but one of three.
     */
    public static Optional<String> of(String name, Collection<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        Optional<String> meant = known.stream()
                .filter(k -> isShortFor(lower, k.toLowerCase(Locale.ROOT)))
                .findFirst();
        return meant.isPresent()
                ? meant
                : known.stream()
                        .filter(k -> isNear(lower, k.toLowerCase(Locale.ROOT)))
                        .min(Comparator.comparingInt(k -> distance(lower, k.toLowerCase(Locale.ROOT))));
    }

    private static boolean isNear(String a, String b) {
        int given = a.replaceFirst("^-+", "").length();
        int letters = Math.max(given, b.replaceFirst("^-+", "").length());
        return distance(a, b) <= (letters <= 3 ? 1 : Math.max(2, given / 2));
    }

    /** Such as {@code --arch} for {@code --architecture}, or {@code --lr} for {@code --learning-rate}: two letters or more. */
    private static boolean isShortFor(String name, String known) {
        String letters = name.replaceFirst("^-+", "");
        if (letters.length() >= 3 && known.startsWith(name)) {
            return true;
        }
        String[] words = known.replaceFirst("^-+", "").split("[-_ ]");
        if (letters.length() < 2 || words.length != letters.length()) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (words[i].isEmpty() || words[i].charAt(0) != letters.charAt(i)) {
                return false;
            }
        }
        return true;
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
