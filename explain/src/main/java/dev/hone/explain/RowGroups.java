package dev.hone.explain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows that have image and baseline in common, so that what depends on these alone is computed once for all of them. With
 * noise every row has an image of its own. The order depends on the draws only, not on threads.
 */
final class RowGroups {
    /** No more rows than this stand together, so that several threads find work where there is one baseline. */
    static final int MOST = 8;

    private RowGroups() {}

    /** Row numbers by group, large groups first, which lets threads finish together. */
    static List<int[]> of(Draws draws) {
        Map<Integer, List<Integer>> together = new LinkedHashMap<>();
        for (int row = 0; row < draws.rows(); row++) {
            int key = draws.noisy() ? row : draws.baseline(row);
            together.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
        }
        List<int[]> groups = new ArrayList<>();
        for (List<Integer> rows : together.values()) {
            for (int first = 0; first < rows.size(); first += MOST) {
                groups.add(rows.subList(first, Math.min(first + MOST, rows.size())).stream()
                        .mapToInt(Integer::intValue)
                        .toArray());
            }
        }
        groups.sort(Collections.reverseOrder(Comparator.comparingInt(group -> group.length)));
        return groups;
    }
}
