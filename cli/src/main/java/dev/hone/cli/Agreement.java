package dev.hone.cli;

import dev.hone.explain.quality.Ranks;
import dev.hone.jobs.Json;
import dev.hone.vision.heatmap.HeatMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far the maps of a model and of its twin agree, as they are shown.
 *
 * @param rankCorrelation Spearman's, from -1 to 1
 * @param relativeDifference Euclidean norm of the difference over that of the twin's map
 * @param sameVerdict 1 or 0; the share of images as a mean
 */
record Agreement(double rankCorrelation, double relativeDifference, double sameVerdict) {
    static Agreement of(HeatMap map, HeatMap twin, boolean sameVerdict) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < twin.values().length; i++) {
            difference += Math.pow((double) map.values()[i] - twin.values()[i], 2);
            norm += Math.pow(twin.values()[i], 2);
        }
        return new Agreement(
                Ranks.correlation(map.values(), twin.values()),
                difference == 0 ? 0 : Math.sqrt(difference / norm),
                sameVerdict ? 1 : 0);
    }

    /** @param several at least one */
    static Agreement mean(List<Agreement> several) {
        return new Agreement(
                several.stream()
                        .mapToDouble(Agreement::rankCorrelation)
                        .average()
                        .orElseThrow(),
                several.stream()
                        .mapToDouble(Agreement::relativeDifference)
                        .average()
                        .orElseThrow(),
                several.stream().mapToDouble(Agreement::sameVerdict).average().orElseThrow());
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "rank correlation %.3f, relative difference %.1f %%",
                rankCorrelation,
                100 * relativeDifference);
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rankCorrelation", Json.round(rankCorrelation, 6));
        document.put("relativeDifference", Json.round(relativeDifference, 6));
        document.put("sameVerdict", sameVerdict == 1);
        return document;
    }
}
