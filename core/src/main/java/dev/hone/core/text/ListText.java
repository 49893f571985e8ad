package dev.hone.core.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lists in one text: elements separated by commas. An element that has a comma stands in double quotes, within which a
 * quote is written twice, as in CSV: {@code age,"a,b"}.
 */
public final class ListText {
    private ListText() {}

    /** The elements; a quote that is never closed ends with the text. */
    public static List<String> split(String text) {
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean begins = true;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                element.append(c);
                i++;
            } else if (c == '"' && (quoted || begins)) {
                quoted = !quoted;
                begins = false;
            } else if (c == ',' && !quoted) {
                elements.add(element.toString());
                element.setLength(0);
                begins = true;
            } else {
                element.append(c);
                begins = false;
            }
        }
        elements.add(element.toString());
        return elements;
    }

    /** What {@link #split} takes apart again. */
    public static String join(List<String> elements) {
        return elements.stream()
                .map(e -> e.contains(",") || e.startsWith("\"") ? '"' + e.replace("\"", "\"\"") + '"' : e)
                .collect(Collectors.joining(","));
    }
}
