package dev.hone.compress;

import java.util.List;
import java.util.Locale;

/**
 * A compressed model against its goal.
 *
 * @param original points of the model before compression
 * @param before points of the compressed model without any layer moved back to FP32
 * @param points of the model that is handed back
 * @param maxDrop how many points it may lose
 * @param fallback layers moved back to FP32 for accuracy, the most sensitive first
 * @param evaluations how many compressed models were evaluated
 */
public record Accuracy(
        double original,
        double before,
        double points,
        double maxDrop,
        List<LayerSensitivity> fallback,
        int evaluations) {

    /** Evaluates a model of which nothing moves back to FP32. */
    public static Accuracy of(double original, double points, double maxDrop) {
        return new Accuracy(original, points, points, maxDrop, List.of(), 1);
    }

    public double drop() {
        return original - points;
    }

    public boolean isMet() {
        return drop() <= maxDrop;
    }

    /** One line: whether the goal is met, or by how much it is missed. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s: %.2f points, FP32 %.2f, drop %.2f (at most %.2f); %s; models evaluated: %d",
                isMet() ? "accuracy goal met" : "accuracy goal missed, this is the best model found",
                points,
                original,
                drop(),
                maxDrop,
                fallback.isEmpty()
                        ? "no layer moved back to FP32"
                        : String.format(
                                Locale.ROOT,
                                "layers moved back to FP32: %d (%.2f points without)",
                                fallback.size(),
                                before),
                evaluations);
    }
}
