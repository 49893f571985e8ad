package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/** The order in which an epoch takes its samples. */
public final class EpochOrder {
    private EpochOrder() {}

    /**
     * As many samples as are given.
     *
     * @param label of a sample
     * @param balance how far the classes are evened out: each class is taken in proportion to its size to the power of
     *     {@code 1 - balance}; 0 takes every sample once, 1 takes all classes equally often
     * @param shuffle whether the order is random, or the given one
     */
    public static int[] of(
            int[] samples, IntUnaryOperator label, double balance, boolean shuffle, SeededRandom random) {
        if (!(balance >= 0 && balance <= 1)) {
            throw new IllegalArgumentException("balance " + balance + " is not in 0..1");
        }
        int[] order = balance > 0 ? evened(samples, label, balance, random) : samples.clone();
        if (shuffle) {
            random.shuffle(order);
        }
        return order;
    }

    /** As many samples as there are, with the classes' shares evened out; a class's samples differ by one in number. */
    private static int[] evened(int[] samples, IntUnaryOperator label, double balance, SeededRandom random) {
        Map<Integer, List<Integer>> byClass = new TreeMap<>();
        for (int sample : samples) {
            byClass.computeIfAbsent(label.applyAsInt(sample), c -> new ArrayList<>())
                    .add(sample);
        }
        double total = byClass.values().stream()
                .mapToDouble(c -> Math.pow(c.size(), 1 - balance))
                .sum();
        int[] order = new int[samples.length];
        int at = 0;
        double owed = 0;
        for (List<Integer> members : byClass.values()) {
            owed += samples.length * Math.pow(members.size(), 1 - balance) / total;
            int[] shuffled = members.stream().mapToInt(Integer::intValue).toArray();
            random.shuffle(shuffled);
            for (int i = 0; at < Math.min(Math.round(owed), order.length); i++) {
                order[at++] = shuffled[i % shuffled.length];
            }
        }
        return order;
    }
}
