package dev.hone.explain.quality;

import java.util.ArrayList;
import java.util.List;

/** The squares of attributions on a region, image by image; each image counts the same, however large its attributions. */
public final class RegionSquares {
    private final List<Double> on = new ArrayList<>();
    private final List<Double> all = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private final List<Double> areas = new ArrayList<>();

    /**
     * @param attribution of an image, [C,H,W]
     * @param errors the standard error of each
     * @param region [H,W], true on it
     */
    public void add(float[] attribution, float[] errors, boolean[] region) {
        double raw = RegionReliance.squares(attribution, new float[attribution.length], null);
        on.add(RegionReliance.squares(attribution, errors, region));
        all.add(RegionReliance.squares(attribution, errors, null));
        weights.add(raw == 0 ? 0 : 1 / raw);
        areas.add(Localization.area(region));
    }

    public boolean isEmpty() {
        return on.isEmpty();
    }

    /** @param region in words that fit behind "on" */
    public RegionReliance reliance(String region) {
        return RegionReliance.of(region, numbers(on), numbers(all), numbers(weights), numbers(areas));
    }

    private static double[] numbers(List<Double> list) {
        return list.stream().mapToDouble(v -> v).toArray();
    }
}
