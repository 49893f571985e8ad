package dev.hone.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Rows of one cell that have image and baseline in common, so that what depends on these alone is computed once for all
 * of them. With noise every row has an image of its own.
 */
record SampleGroup(int stratum, int cell, int[] rows) {
    /**
     * All rows, stratum by stratum and cell by cell, large strata first, which lets threads finish together. The order
     * depends on the samples only, not on threads.
     *
     * @param most no more rows stand together, so that several threads find work where there are few baselines
     */
    static List<SampleGroup> of(PathSamples points, int most) {
        TreeMap<Integer, TreeMap<Integer, List<Integer>>> strata = new TreeMap<>();
        for (int row = 0; row < points.rows(); row++) {
            strata.computeIfAbsent(points.stratum(row), k -> new TreeMap<>())
                    .computeIfAbsent(points.cell(row), k -> new ArrayList<>())
                    .add(row);
        }
        List<SampleGroup> groups = new ArrayList<>();
        strata.entrySet().stream()
                .sorted(Comparator.comparing(stratum -> -stratum.getValue().values().stream()
                        .mapToInt(List::size)
                        .sum()))
                .forEach(stratum -> stratum.getValue()
                        .forEach((cell, rows) -> divide(stratum.getKey(), cell, rows, points, most, groups)));
        return groups;
    }

    private static void divide(
            int stratum, int cell, List<Integer> rows, PathSamples points, int most, List<SampleGroup> to) {
        for (int first = 0, end; first < rows.size(); first = end) {
            int baseline = points.baseline(rows.get(first));
            end = first + 1;
            while (!points.noisy()
                    && end < rows.size()
                    && end - first < most
                    && points.baseline(rows.get(end)) == baseline) {
                end++;
            }
            to.add(new SampleGroup(
                    stratum,
                    cell,
                    rows.subList(first, end).stream()
                            .mapToInt(Integer::intValue)
                            .toArray()));
        }
    }
}
