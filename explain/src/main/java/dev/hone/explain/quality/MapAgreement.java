package dev.hone.explain.quality;

import java.util.List;
import java.util.Locale;

/**
 * How far the attribution maps of two models of one image agree.
 *
 * @param rankCorrelation Spearman's, from -1 to 1
 * @param relativeDifference Euclidean norm of the difference over that of the second map
 * @param samePrediction 1 or 0; the share of images as a mean
 */
public record MapAgreement(double rankCorrelation, double relativeDifference, double samePrediction) {
    /**
     * @param map values by position
     * @param reference the other model's, as many
     */
    public static MapAgreement of(float[] map, float[] reference, boolean samePrediction) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < reference.length; i++) {
            difference += Math.pow((double) map[i] - reference[i], 2);
            norm += Math.pow(reference[i], 2);
        }
        return new MapAgreement(
                RankCorrelation.correlation(map, reference),
                difference == 0 ? 0 : Math.sqrt(difference / norm),
                samePrediction ? 1 : 0);
    }

    /** @param several at least one */
    public static MapAgreement mean(List<MapAgreement> several) {
        return new MapAgreement(
                several.stream()
                        .mapToDouble(MapAgreement::rankCorrelation)
                        .average()
                        .orElseThrow(),
                several.stream()
                        .mapToDouble(MapAgreement::relativeDifference)
                        .average()
                        .orElseThrow(),
                several.stream()
                        .mapToDouble(MapAgreement::samePrediction)
                        .average()
                        .orElseThrow());
    }

    /** {@code rank correlation 0.931, relative difference 12.4 %} */
    public String text() {
        return String.format(
                Locale.ROOT,
                "rank correlation %.3f, relative difference %.1f %%",
                rankCorrelation,
                100 * relativeDifference);
    }
}
