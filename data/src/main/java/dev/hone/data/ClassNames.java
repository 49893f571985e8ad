package dev.hone.data;

import java.math.BigInteger;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The order of class names, and names that are easily taken for each other. */
public final class ClassNames {
    private ClassNames() {}

    /**
     * The names, sorted: by number where all are whole numbers, so that class 2 comes before class 10 and class
     * <i>k</i> of 0..K-1 has index <i>k</i>; by text otherwise.
     */
    public static List<String> sorted(Collection<String> names) {
        boolean numbers = names.stream().allMatch(n -> n.matches("[0-9]+"));
        TreeSet<String> sorted = numbers
                ? new TreeSet<>(
                        Comparator.comparing((String n) -> new BigInteger(n)).thenComparing(n -> n))
                : new TreeSet<>();
        sorted.addAll(names);
        return List.copyOf(sorted);
    }

    /** A line for each set of names that differ only in capitals, or in how accents are stored. */
    static List<String> lookalikes(Collection<String> names) {
        Map<String, List<String>> alike = new TreeMap<>();
        for (String name : names) {
            String key = Normalizer.normalize(name, Normalizer.Form.NFKC)
                    .toLowerCase(Locale.ROOT)
                    .strip();
            alike.computeIfAbsent(key, k -> new ArrayList<>()).add("'" + name + "'");
        }
        return alike.values().stream()
                .filter(group -> group.size() > 1)
                .map(group -> "classes " + String.join(" and ", group)
                        + " are different classes, but differ only in capitals or in how letters are stored")
                .toList();
    }
}
