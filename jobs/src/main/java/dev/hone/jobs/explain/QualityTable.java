package dev.hone.jobs.explain;

import dev.hone.explain.quality.BorderShare;
import dev.hone.explain.quality.GridShare;
import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Metrics of explanations by method, collected over images. */
public final class QualityTable {
    /** One value of one image. */
    private record Entry(String method, QualityMetric metric, String label, double value) {}

    /**
     * Mean of a metric.
     *
     * @param deviation standard deviation over images; 0 for one
     */
    public record Figure(double mean, double deviation, int images) {
        static Figure of(double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            return new Figure(mean, Math.sqrt(squares / Math.max(1, values.length - 1)), values.length);
        }

        private Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("mean", Json.round(mean, 6));
            document.put("deviation", Json.round(deviation, 6));
            document.put("images", images);
            return document;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Map<String, List<Double>>> agreements = new LinkedHashMap<>();
    private final Map<String, List<Double>> areas = new TreeMap<>();
    private final Map<String, Integer> zeros = new LinkedHashMap<>();
    private final Map<String, GridShare> grids = new LinkedHashMap<>();
    private final Map<String, BorderShare> borders = new LinkedHashMap<>();

    /** A value that is not finite, such as the infidelity where nothing changes the score, is left out. */
    void add(String method, QualityMetric metric, String label, double value) {
        if (Double.isFinite(value)) {
            entries.add(new Entry(method, metric, label, value));
        }
    }

    /** The rank correlation of two methods' maps of one image. */
    void addAgreement(String method, String other, double correlation) {
        if (Double.isFinite(correlation)) {
            agreements
                    .computeIfAbsent(method, k -> new LinkedHashMap<>())
                    .computeIfAbsent(other, k -> new ArrayList<>())
                    .add(correlation);
        }
    }

    /** A method's map of an image is zero everywhere. */
    void addZero(String method) {
        zeros.merge(method, 1, Integer::sum);
    }

    /** By method, for how many images its map is zero everywhere; without those that have none. */
    public Map<String, Integer> zeros() {
        return Collections.unmodifiableMap(zeros);
    }

    /** @param maps of a method, [H,W] each, not smoothed */
    void addArtifacts(String method, List<float[]> maps, int width) {
        GridShare grid = GridShare.largest(maps, width);
        BorderShare border = BorderShare.of(maps, width);
        if (grid != null) {
            grids.put(method, grid);
        }
        if (border != null) {
            borders.put(method, border);
        }
    }

    /** By method, the periodic grid with the largest excess of attribution; without those of fewer than two maps. */
    public Map<String, GridShare> grids() {
        return Collections.unmodifiableMap(grids);
    }

    /** By method, the attribution on the border; without those whose maps are all zero. */
    public Map<String, BorderShare> borders() {
        return Collections.unmodifiableMap(borders);
    }

    /** Null for a method with itself, and where no image has both maps. */
    public Figure agreement(String method, String other) {
        List<Double> values = agreements.getOrDefault(method, Map.of()).get(other);
        return values == null ? null : Figure.of(numbers(values));
    }

    private static double[] numbers(List<Double> values) {
        return values.stream().mapToDouble(v -> v).toArray();
    }

    void addArea(String label, double share) {
        areas.computeIfAbsent(label, k -> new ArrayList<>()).add(share);
    }

    public List<String> methods() {
        return entries.stream().map(Entry::method).distinct().toList();
    }

    public List<QualityMetric> metrics() {
        return entries.stream().map(Entry::metric).distinct().sorted().toList();
    }

    /** Classes with masks. */
    public List<String> labels() {
        return List.copyOf(areas.keySet());
    }

    /** Share of the image that masks of a class cover. */
    public Figure area(String label) {
        return Figure.of(numbers(areas.get(label)));
    }

    /**
     * @param label a class, or null for all
     * @return null where there is no such value
     */
    public Figure figure(String method, QualityMetric metric, String label) {
        double[] values = entries.stream()
                .filter(e -> e.method.equals(method) && e.metric == metric)
                .filter(e -> label == null || e.label.equals(label))
                .mapToDouble(Entry::value)
                .toArray();
        return values.length == 0 ? null : Figure.of(values);
    }

    /** For JSON: by method and metric; by class where there are masks. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("all", byMethod(null));
        document.put("zeroMaps", zeros);
        document.put("grids", artifacts());
        Map<String, Object> agreement = new LinkedHashMap<>();
        for (String method : methods()) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (String other : methods()) {
                Figure figure = agreement(method, other);
                if (figure != null) {
                    row.put(other, figure.document());
                }
            }
            agreement.put(method, row);
        }
        document.put("agreement", agreement);
        Map<String, Object> classes = new LinkedHashMap<>();
        for (String label : labels()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("maskArea", area(label).document());
            entry.putAll(byMethod(label));
            classes.put(label, entry);
        }
        document.put("classes", classes);
        return document;
    }

    private Map<String, Object> artifacts() {
        Map<String, Object> methods = new LinkedHashMap<>();
        borders.forEach((method, border) -> {
            Map<String, Object> document = new LinkedHashMap<>();
            GridShare grid = grids.get(method);
            if (grid != null) {
                document.put("pitch", grid.pitch());
                document.put("share", Json.round(grid.share(), 6));
                document.put("area", Json.round(grid.area(), 6));
                document.put("standardError", Json.round(grid.standardError(), 6));
            }
            document.put("borderPixels", border.pixels());
            document.put("borderShare", Json.round(border.share(), 6));
            document.put("borderArea", Json.round(border.area(), 6));
            methods.put(method, document);
        });
        return methods;
    }

    private Map<String, Object> byMethod(String label) {
        Map<String, Object> methods = new LinkedHashMap<>();
        for (String method : methods()) {
            Map<String, Object> metrics = new LinkedHashMap<>();
            for (QualityMetric metric : metrics()) {
                Figure figure = figure(method, metric, label);
                if (figure != null) {
                    metrics.put(metric.key(), figure.document());
                }
            }
            methods.put(method, metrics);
        }
        return methods;
    }
}
