package dev.hone.vision.duplicates;

import dev.hone.data.DisjointSets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups of images that are alike directly or through others. So that a chain of chance does not swallow the set, two groups
 * become one only if a good part of the pairs compared between them are alike, and no group grows beyond a share of the set.
 */
final class LikeGroups {
    /** Of the pairs compared between two groups at least this share must be alike. */
    private static final double LINKED = 1.0 / 3;

    /** No group is larger than this share of the set, or this number if that is more. */
    private static final double LARGEST_SHARE = 0.1;

    private static final int LARGEST = 50;

    private final DisjointSets sets;
    private final Map<Integer, List<Integer>> members = new HashMap<>();
    /** For each image those that it was compared with. */
    private final List<List<Integer>> compared = new ArrayList<>();

    private final Map<Long, Boolean> alike = new HashMap<>();
    private final int size;

    LikeGroups(int size) {
        this.size = size;
        this.sets = new DisjointSets(size);
        for (int i = 0; i < size; i++) {
            compared.add(new ArrayList<>(4));
        }
    }

    /** Notes a pair that was compared. */
    void compared(int a, int b, boolean areAlike) {
        if (alike.put(key(a, b), areAlike) == null) {
            compared.get(a).add(b);
            compared.get(b).add(a);
        }
    }

    private long key(int a, int b) {
        return (long) Math.min(a, b) * size + Math.max(a, b);
    }

    /** @return for each image the number of its group, from 0 */
    int[] of(List<LikePair> pairs) {
        pairs.stream()
                .filter(p -> p.kind() == LikePair.Kind.EQUAL)
                .forEach(p -> merge(sets.find(p.first()), sets.find(p.second())));
        pairs.stream()
                .filter(p -> p.kind() != LikePair.Kind.EQUAL)
                .sorted(Comparator.comparingDouble(LikePair::likeness)
                        .reversed()
                        .thenComparingInt(LikePair::first)
                        .thenComparingInt(LikePair::second))
                .forEach(p -> {
                    int a = sets.find(p.first());
                    int b = sets.find(p.second());
                    if (a != b && belong(members(a), b)) {
                        merge(a, b);
                    }
                });
        return sets.numbers();
    }

    private List<Integer> members(int root) {
        return members.computeIfAbsent(root, r -> new ArrayList<>(List.of(r)));
    }

    private boolean belong(List<Integer> group, int other) {
        if (group.size() + members(other).size() > Math.max(LARGEST, LARGEST_SHARE * size)) {
            return false;
        }
        int linked = 0;
        int all = 0;
        for (int i : group) {
            for (int j : compared.get(i)) {
                if (sets.find(j) == other) {
                    all++;
                    linked += alike.get(key(i, j)) ? 1 : 0;
                }
            }
        }
        return linked >= LINKED * all;
    }

    private void merge(int a, int b) {
        if (a != b) {
            List<Integer> moved = members(Math.max(a, b));
            members(Math.min(a, b)).addAll(moved);
            members.remove(Math.max(a, b));
            sets.unite(a, b);
        }
    }
}
