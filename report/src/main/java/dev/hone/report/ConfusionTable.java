package dev.hone.report;

import dev.hone.core.text.Figures;
import dev.hone.model.metric.Confusion;
import java.util.ArrayList;
import java.util.List;

/** A confusion matrix, with the metrics of each class at the end of its row. */
public final class ConfusionTable {
    private ConfusionTable() {}

    /** The header: one column per predicted class, then the metrics. */
    public static List<String> head(List<String> labels) {
        List<String> head = new ArrayList<>(List.of("actual \\ predicted"));
        head.addAll(labels);
        head.addAll(List.of("precision", "recall", "F1"));
        return head;
    }

    /** Precision, recall and F1 of a class. */
    public static List<String> metrics(Confusion confusion, int c) {
        return List.of(
                Figures.percent(confusion.precision(c)),
                Figures.percent(confusion.recall(c)),
                Figures.percent(confusion.f1(c)));
    }
}
