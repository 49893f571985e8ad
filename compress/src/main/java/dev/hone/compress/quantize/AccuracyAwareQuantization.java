package dev.hone.compress.quantize;

import dev.hone.compress.Accuracy;
import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.LayerSensitivity;
import dev.hone.compress.Metric;
import dev.hone.core.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Accuracy-aware quantization: moves layers back to FP32 until a quantized model meets an accuracy goal. Layers go back in
 * the order of their sensitivity, the most sensitive first; how many, a galloping search and a bisection find with few
 * evaluations, as if every further layer in FP32 made the model better.
 */
public final class AccuracyAwareQuantization {
    /** Images that sensitivity is measured on. */
    private static final int IMAGES = 32;

    private final QuantizationResult start;
    private final Metric metric;
    private final double most;
    private final Progress progress;
    private final Map<Integer, Double> drops = new HashMap<>();
    private List<LayerSensitivity> order = List.of();
    private double original;

    /** The best model found, and how good it is. */
    public record Outcome(QuantizationResult quantization, Accuracy accuracy) {}

    private AccuracyAwareQuantization(QuantizationResult start, Metric metric, double most, Progress progress) {
        this.start = start;
        this.metric = metric;
        this.most = most;
        this.progress = progress;
    }

    /**
     * @param start a model in INT8; one that stayed in FP32 is handed back
     * @param data calibration data, on which the sensitivity of layers is measured
     * @param most how many points the model may lose against FP32, 0 or more
     * @throws CompressionException if {@code most} is negative
     */
    public static Outcome search(
            QuantizationResult start, Metric metric, double most, CalibrationData data, Progress progress) {
        String input = start.model().graph().inputs().get(0).name();
        return search(start, metric, most, CalibrationFeeds.of(input, data), progress);
    }

    /** The same for a model with any number of inputs. */
    public static Outcome search(
            QuantizationResult start, Metric metric, double most, CalibrationFeeds data, Progress progress) {
        if (!(most >= 0)) {
            throw new CompressionException("a drop of at most " + most + " points, expected 0 or more");
        }
        return new AccuracyAwareQuantization(start, metric, most, progress).run(data);
    }

    private Outcome run(CalibrationFeeds data) {
        if (start.origin() == null) {
            double points = metric.points(start.model());
            return new Outcome(start, new Accuracy(points, points, points, most, List.of(), 0));
        }
        progress.started("evaluating the FP32 model", 0);
        original = metric.points(start.origin().model());
        if (drop(0) <= most) {
            return outcome(0);
        }
        try (Samples samples = Samples.of(data, IMAGES, start.origin().model())) {
            order = Sensitivity.measure(start.origin(), samples.batches(), metric, original, progress);
        }
        return outcome(fewest());
    }

    /** How many layers move back: the fewest that meet the goal, or those with the least drop. */
    private int fewest() {
        int all = order.size() - 1;
        int bad = 0;
        int good = 1;
        while (good <= all && drop(good) > most) {
            bad = good;
            good = good == all ? all + 1 : Math.min(all, 2 * good);
        }
        if (good > all) {
            return drops.entrySet().stream()
                    .min(Map.Entry.<Integer, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .orElseThrow()
                    .getKey();
        }
        while (good - bad > 1) {
            int middle = (good + bad) / 2;
            if (drop(middle) <= most) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private double drop(int fallback) {
        return drops.computeIfAbsent(fallback, count -> {
            progress.checkCancelled();
            progress.started("evaluating with " + count + " layers in FP32", 0);
            return original - metric.points(with(count).model());
        });
    }

    private QuantizationResult with(int fallback) {
        return fallback == 0 ? start : explained(start.origin().withFloat(layers(fallback)));
    }

    /** What is in FP32 now and was not before is there for accuracy. */
    private QuantizationResult explained(QuantizationResult result) {
        Map<String, String> left = new TreeMap<>();
        result.left()
                .forEach(
                        (node, reason) -> left.put(node, start.left().getOrDefault(node, "kept in FP32 for accuracy")));
        return new QuantizationResult(result.model(), result.images(), result.int8Nodes(), left, result.origin());
    }

    private List<String> layers(int fallback) {
        return order.subList(0, fallback).stream().map(LayerSensitivity::layer).toList();
    }

    private Outcome outcome(int fallback) {
        return new Outcome(
                with(fallback),
                new Accuracy(
                        original,
                        original - drops.get(0),
                        original - drops.get(fallback),
                        most,
                        List.copyOf(order.subList(0, fallback)),
                        drops.size()));
    }
}
