package dev.hone.cli;

import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The groups of an explanation that matter most, by absolute attribution. */
final class TopGroups {
    private static final double CONFIDENCE = 0.95;

    private TopGroups() {}

    private static List<Integer> of(Explanation explanation, int count) {
        return IntStream.range(0, explanation.attribution().length)
                .boxed()
                .sorted(Comparator.comparing(g -> -Math.abs(explanation.attribution()[g])))
                .limit(count)
                .toList();
    }

    static List<Map<String, Object>> json(Explanation explanation, Groups groups, int count) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int g : of(explanation, count)) {
            Map<String, Object> group = new LinkedHashMap<>();
            group.put("group", groups.name(g));
            group.put("elements", groups.size(g));
            group.put("attribution", Json.round(explanation.attribution()[g], 6));
            double bar = explanation.errorBar(g, CONFIDENCE);
            group.put("errorBar95", Double.isNaN(bar) ? null : Json.round(bar, 6));
            list.add(group);
        }
        return list;
    }

    static String text(Explanation explanation, Groups groups, int count) {
        StringBuilder text = new StringBuilder();
        for (int g : of(explanation, count)) {
            double bar = explanation.errorBar(g, CONFIDENCE);
            text.append(String.format(
                    Locale.ROOT,
                    "  %+.4f%s  %s%s%n",
                    explanation.attribution()[g],
                    bar > 0 ? String.format(Locale.ROOT, " +- %.4f", bar) : "",
                    groups.name(g),
                    groups.size(g) == 1 ? "" : ", " + groups.size(g) + " values"));
        }
        return text.toString();
    }
}
