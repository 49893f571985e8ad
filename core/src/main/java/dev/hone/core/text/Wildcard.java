package dev.hone.core.text;

/**
 * A pattern for names in which {@code *} stands for any characters. Takes time linear in the name for each part, where a
 * regular expression with many stars would not end.
 *
 * @param pattern such as {@code layer4.*.weight}
 */
public record Wildcard(String pattern) {
    /** Whether a whole name is one that the pattern means. */
    public boolean matches(String name) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return name.equals(pattern);
        }
        String first = parts[0];
        String last = parts[parts.length - 1];
        if (!name.startsWith(first) || name.length() < first.length() + last.length() || !name.endsWith(last)) {
            return false;
        }
        // The leftmost place of each part leaves most room for the others.
        int at = first.length();
        int end = name.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }
}
