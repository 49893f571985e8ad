package dev.hone.jobs.explain;

import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.jobs.Json;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The attribution of one group of elements: a region of an image, a column of a table, a step of a sequence.
 *
 * @param name of the group
 * @param elements how many elements of the input it has
 * @param errorBar half the width of the 95 % interval; NaN where it is not known
 */
public record GroupAttribution(String name, int elements, float attribution, double errorBar) {
    private static final double CONFIDENCE = 0.95;

    /** The groups with the largest absolute attributions, those first. */
    static List<GroupAttribution> top(Explanation explanation, Groups groups, int count) {
        return IntStream.range(0, explanation.attribution().length)
                .boxed()
                .sorted(Comparator.comparing(g -> -Math.abs(explanation.attribution()[g])))
                .limit(count)
                .map(g -> new GroupAttribution(
                        groups.name(g),
                        groups.size(g),
                        explanation.attribution()[g],
                        explanation.errorBar(g, CONFIDENCE)))
                .toList();
    }

    static List<Map<String, Object>> documents(List<GroupAttribution> groups) {
        return groups.stream().map(GroupAttribution::document).toList();
    }

    private Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("group", name);
        document.put("elements", elements);
        document.put("attribution", Json.round(attribution, 6));
        document.put("errorBar95", Double.isNaN(errorBar) ? null : Json.round(errorBar, 6));
        return document;
    }
}
