package dev.hone.jobs.explain;

import java.util.List;

/**
 * The classes of a model of rows in words.
 *
 * @param labels empty where the model does not state them
 * @param contrast index of the contrast class, -1 for none
 * @param output what the model gives for a class, such as logit
 */
public record RowClasses(List<String> labels, int contrast, String output) {
    /** What is explained of a class: its logit, say, or its margin over the contrast class. */
    public String score() {
        return output + (contrast < 0 ? "" : " margin");
    }

    /** {@code class 2}, or {@code class 2 rather than 0}; by labels where there are any. */
    public String text(int target) {
        return "class " + label(target) + (contrast < 0 ? "" : " rather than " + label(contrast));
    }

    /** The label of a class, or its index where the model states no labels; as JSON has it. */
    public Object name(int index) {
        return index < labels.size() ? (Object) labels.get(index) : (Object) index;
    }

    private String label(int index) {
        return index < labels.size() ? "'" + labels.get(index) + "'" : Integer.toString(index);
    }
}
