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
import java.util.stream.IntStream;

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

    /**
     * The index of a name, or of the only one that differs from it in how letters are stored: file systems may keep an
     * accent apart from its letter. -1 if there is none.
     */
    static int indexOf(String name, List<String> names) {
        int exact = names.indexOf(name);
        if (exact >= 0) {
            return exact;
        }
        String composed = Normalizer.normalize(name, Normalizer.Form.NFC);
        int[] same = IntStream.range(0, names.size())
                .filter(i ->
                        Normalizer.normalize(names.get(i), Normalizer.Form.NFC).equals(composed))
                .toArray();
        return same.length == 1 ? same[0] : -1;
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
