package dev.hone.jobs.explain;

import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.jobs.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The explanation of one row of a table or an array.
 *
 * @param line of the table that the row starts on, counted from 1; 0 for arrays
 * @param index of the row in its file, from 0
 * @param classes of the model, and the contrast class
 * @param features names of the columns, or groups of them, that have an attribution each; null for arrays
 * @param tokens what the steps of a sequence stand for, empty for padding; null where that is not known
 * @param explanation by column or step
 * @param top those with the largest absolute attributions, as many as were asked for
 */
public record RowExplanation(
        int line,
        int index,
        RowClasses classes,
        Method method,
        List<String> features,
        List<String> tokens,
        Explanation explanation,
        List<GroupAttribution> top) {
    private static final double CONFIDENCE = 0.95;

    /** {@code line 2} of a table, {@code row 0} of an array. */
    public String place() {
        return line > 0 ? "line " + line : "row " + index;
    }

    public double[] attributions() {
        float[] values = explanation.attribution();
        return IntStream.range(0, values.length).mapToDouble(f -> values[f]).toArray();
    }

    /** Half widths of 95 % intervals; NaN where they are not known. */
    public double[] errorBars() {
        return IntStream.range(0, explanation.attribution().length)
                .mapToDouble(f -> explanation.errorBar(f, CONFIDENCE))
                .toArray();
    }

    /** The explained class in words, such as {@code class 2 rather than 0}. */
    public String explained() {
        return classes.text(explanation.target());
    }

    /** As JSON. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(line > 0 ? "line" : "row", line > 0 ? line : index);
        document.put("explained", classes.name(explanation.target()));
        if (classes.contrast() >= 0) {
            document.put("contrast", classes.name(classes.contrast()));
        }
        document.put("method", method.label());
        document.put("score", explanation.score());
        document.put("expected", Float.isNaN(explanation.expected()) ? null : explanation.expected());
        document.put("samples", explanation.samples());
        document.put("relativeError", Json.round(explanation.relativeError(), 6));
        document.put("additivityError", Json.round(explanation.additivityError(), 6));
        if (!explanation.note().isEmpty()) {
            document.put("zero", explanation.note());
        }
        if (tokens != null) {
            document.put("tokens", tokens);
        }
        document.put("attributions", named(features, attributions()));
        document.put("errorBars95", named(features, errorBars()));
        if (!top.isEmpty()) {
            document.put("groups", GroupAttribution.documents(top));
        }
        return document;
    }

    /** Numbers by name, or a list where there are no names; null for what is not finite. */
    static Object named(List<String> names, double[] values) {
        List<Double> numbers = Arrays.stream(values)
                .mapToObj(v -> Double.isFinite(v) ? v : null)
                .toList();
        if (names == null) {
            return numbers;
        }
        Map<String, Double> named = new LinkedHashMap<>();
        IntStream.range(0, values.length).forEach(f -> named.put(names.get(f), numbers.get(f)));
        return named;
    }
}
