package dev.hone.train.loop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What decides about the weights of a run, as text: {@code name value} parts separated by commas, among them records as they
 * describe themselves. Two runs of the same identity come to the same weights.
 */
final class RunIdentity {
    /** What says how long a run is. */
    private static final List<String> LENGTHS = List.of("epochs", "minutes");
    /** Between parts, those of records included. */
    private static final String PARTS = ", | \\| |[\\[\\]]";
    /** What follows from other parts: the number of weights from the network, that of samples from the data and the batch. */
    private static final List<String> DERIVED = List.of("weights", "samples");

    private RunIdentity() {}

    /** Values by the names of what they are of. */
    private static Map<String, String> parts(String identity) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : identity.split(PARTS)) {
            String[] pair = part.split("[= ]", 2);
            String name = pair[0].replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
            parts.merge(
                    name.equals("peak") ? "learning rate" : name,
                    pair.length == 1 ? "" : pair[1],
                    (a, b) -> a + " " + b);
        }
        return parts;
    }

    /** Whether one run is the other but longer: they are the same but for more epochs, or for a later time limit. */
    static boolean isLonger(String now, String before) {
        Map<String, String> a = parts(now);
        Map<String, String> b = parts(before);
        for (String length : LENGTHS) {
            String more = a.remove(length);
            String less = b.remove(length);
            if ((more == null) != (less == null)) {
                return false;
            }
            if (more != null && !more.equals(less)) {
                return a.equals(b) && Double.parseDouble(more) > Double.parseDouble(less);
            }
        }
        return false;
    }

    /** The differences, each as {@code width 0.25 (this run: 0.5)}. */
    static String differences(String before, String now) {
        Map<String, String> a = parts(before);
        Map<String, String> b = parts(now);
        List<String> texts = new ArrayList<>();
        a.forEach((name, value) -> {
            String other = b.get(name);
            if (other == null) {
                texts.add((name + " " + value).strip() + " (not in this run)");
            } else if (!other.equals(value)) {
                texts.add(name + " " + text(value) + " (this run: " + text(other) + ")");
            }
        });
        b.forEach((name, value) -> {
            if (!a.containsKey(name)) {
                texts.add((name + " " + value).strip() + " (only in this run)");
            }
        });
        List<String> chosen = texts.stream()
                .filter(text -> DERIVED.stream().noneMatch(name -> text.startsWith(name + " ")))
                .toList();
        return String.join(", ", chosen.isEmpty() ? texts : chosen);
    }

    private static String text(String value) {
        return value.isEmpty() || value.equals("null") ? "none" : value;
    }
}
