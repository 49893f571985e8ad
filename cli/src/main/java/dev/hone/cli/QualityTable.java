package dev.hone.cli;

import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Measures of explanations by method, gathered over images. */
final class QualityTable {
    /** One figure of one image; masks are of a class's images alone. */
    private record Entry(String method, QualityMeasure measure, String label, double value) {}

    /** @param deviation over images; 0 for one */
    record Figure(double mean, double deviation, int images) {
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

        String text() {
            return String.format(Locale.ROOT, "%.3f ± %.3f", mean, deviation);
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

    /** What is no number, such as the infidelity where nothing changes the score, is left out. */
    void add(String method, QualityMeasure measure, String label, double value) {
        if (Double.isFinite(value)) {
            entries.add(new Entry(method, measure, label, value));
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

    /** How many zero maps there were, a line for each method that has any. */
    String zeroText(int images) {
        StringBuilder text = new StringBuilder();
        zeros.forEach((method, count) -> text.append(String.format(
                "%s: %d of %d maps are zero; only their infidelity counts, as they have no largest value and no order%n",
                method, count, images)));
        return text.toString();
    }

    /** Null for a method with itself, and where no image has both maps. */
    Figure agreement(String method, String other) {
        List<Double> values = agreements.getOrDefault(method, Map.of()).get(other);
        return values == null ? null : Figure.of(numbers(values));
    }

    private static double[] numbers(List<Double> values) {
        return values.stream().mapToDouble(v -> v).toArray();
    }

    void addArea(String label, double share) {
        areas.computeIfAbsent(label, k -> new ArrayList<>()).add(share);
    }

    List<String> methods() {
        return entries.stream().map(Entry::method).distinct().toList();
    }

    List<QualityMeasure> measures() {
        return entries.stream().map(Entry::measure).distinct().sorted().toList();
    }

    /** Classes with masks. */
    List<String> labels() {
        return List.copyOf(areas.keySet());
    }

    Figure area(String label) {
        return Figure.of(numbers(areas.get(label)));
    }

    /** @param label null for all classes; null is the answer where there is no such figure */
    Figure figure(String method, QualityMeasure measure, String label) {
        double[] values = entries.stream()
                .filter(e -> e.method.equals(method) && e.measure == measure)
                .filter(e -> label == null || e.label.equals(label))
                .mapToDouble(Entry::value)
                .toArray();
        return values.length == 0 ? null : Figure.of(values);
    }

    /** A row for each measure, a column for each method; then agreement, pointing game and energy by class. */
    String text() {
        TextTable all = new TextTable();
        List<Object> head = new ArrayList<>(List.of(""));
        head.addAll(methods());
        head.add("images");
        all.row(head.toArray());
        for (QualityMeasure measure : measures()) {
            List<Object> row = new ArrayList<>(List.of(measure.label()));
            int images = 0;
            for (String method : methods()) {
                Figure figure = figure(method, measure, null);
                row.add(figure == null ? "-" : figure.text());
                images = Math.max(images, figure == null ? 0 : figure.images);
            }
            row.add(images);
            all.row(row.toArray());
        }
        StringBuilder text = new StringBuilder(all.toString()).append('\n').append(agreementText());
        for (QualityMeasure measure : List.of(QualityMeasure.POINTING, QualityMeasure.ENERGY)) {
            if (labels().isEmpty()) {
                break;
            }
            TextTable table = new TextTable();
            head.set(0, measure.label());
            List<Object> heads = new ArrayList<>(head);
            heads.add("area of mask");
            table.row(heads.toArray());
            for (String label : labels()) {
                List<Object> row = new ArrayList<>(List.of(label));
                for (String method : methods()) {
                    Figure figure = figure(method, measure, label);
                    row.add(figure == null ? "-" : figure.text());
                }
                row.add(area(label).images);
                row.add(area(label).text());
                table.row(row.toArray());
            }
            text.append('\n').append(table);
        }
        return text.toString();
    }

    private String agreementText() {
        TextTable table = new TextTable();
        List<Object> head = new ArrayList<>(List.of("agreement"));
        head.addAll(methods());
        table.row(head.toArray());
        for (String method : methods()) {
            List<Object> row = new ArrayList<>(List.of(method));
            for (String other : methods()) {
                Figure figure = agreement(method, other);
                row.add(figure == null ? "-" : figure.text());
            }
            table.row(row.toArray());
        }
        return table.toString();
    }

    /** For JSON: by method and measure; by class where there are masks. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("all", byMethod(null));
        document.put("zeroMaps", zeros);
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

    private Map<String, Object> byMethod(String label) {
        Map<String, Object> methods = new LinkedHashMap<>();
        for (String method : methods()) {
            Map<String, Object> measures = new LinkedHashMap<>();
            for (QualityMeasure measure : measures()) {
                Figure figure = figure(method, measure, label);
                if (figure != null) {
                    measures.put(measure.key(), figure.document());
                }
            }
            methods.put(method, measures);
        }
        return methods;
    }
}
