package dev.hone.cli;

import dev.hone.explain.quality.Localization;
import dev.hone.explain.quality.Reliance;
import java.util.ArrayList;
import java.util.List;

/** The squares of attributions on a region, image by image; each image counts the same, however large its attributions. */
final class RegionSquares {
    private final List<Double> on = new ArrayList<>();
    private final List<Double> all = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private final List<Double> areas = new ArrayList<>();

    /**
     * @param attribution of an image, [C,H,W]
     * @param errors the standard error of each
     * @param region [H,W], true on it
     */
    void add(float[] attribution, float[] errors, boolean[] region) {
        double raw = Reliance.squares(attribution, new float[attribution.length], null);
        on.add(Reliance.squares(attribution, errors, region));
        all.add(Reliance.squares(attribution, errors, null));
        weights.add(raw == 0 ? 0 : 1 / raw);
        areas.add(Localization.area(region));
    }

    boolean isEmpty() {
        return on.isEmpty();
    }

    /** @param region in words that fit behind "on" */
    Reliance reliance(String region) {
        return Reliance.of(region, numbers(on), numbers(all), numbers(weights), numbers(areas));
    }

    private static double[] numbers(List<Double> list) {
        return list.stream().mapToDouble(v -> v).toArray();
    }
}
