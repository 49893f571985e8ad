package dev.hone.core.text;

import java.util.List;
import java.util.stream.Collectors;

/** Command lines as a POSIX shell takes them. */
public final class ShellWords {
    private ShellWords() {}

    /** The words in one line; one with other characters than letters, digits and {@code _@%+=:,./-} is quoted. */
    public static String join(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
