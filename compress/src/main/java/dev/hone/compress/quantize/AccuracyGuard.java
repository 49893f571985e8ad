package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Returns layers to float until a quantized model is as good as asked. Layers go back in the order of their sensitivity,
 * the worst first; how many, a galloping search and a bisection find with few evaluations, as if every further layer in
 * float made the model better.
 */
public final class AccuracyGuard {
    /** Images that sensitivity is measured on. */
    private static final int IMAGES = 32;

    private final QuantizationResult start;
    private final Metric metric;
    private final double most;
    private final ProgressListener progress;
    private final Map<Integer, Double> drops = new HashMap<>();
    private List<Sensitivity> order = List.of();
    private double floatPoints;

    /** How good a model is. */
    @FunctionalInterface
    public interface Metric extends AutoCloseable {
        /** @return 0 to 100, the more the better; with labels, on images that neither calibration nor the final test sees */
        double points(Model model);

        /** Lets go of the data that it judges on. */
        @Override
        default void close() {}
    }

    /**
     * What the guard did.
     *
     * @param floatPoints of the float model
     * @param before points of the model with nothing returned
     * @param points of the model that is handed back
     * @param most how many points it may lose
     * @param returned layers that went back to float, the worst first
     * @param evaluations how many quantized models were judged
     */
    public record Guarded(
            QuantizationResult quantization,
            double floatPoints,
            double before,
            double points,
            double most,
            List<Sensitivity> returned,
            int evaluations) {
        public double drop() {
            return floatPoints - points;
        }

        public boolean holds() {
            return drop() <= most;
        }

        /** One line: whether the goal is met, or by how much it is missed. */
        public String verdict() {
            return String.format(
                    Locale.ROOT,
                    "%s: %.2f points of %.2f in float, a drop of %.2f (at most %.2f); %s; models judged: %d",
                    holds() ? "goal met" : "goal missed, this is the best model found",
                    points,
                    floatPoints,
                    drop(),
                    most,
                    returned.isEmpty()
                            ? "no layer returned to float"
                            : String.format(
                                    Locale.ROOT,
                                    "%d layers returned to float, %.2f points without",
                                    returned.size(),
                                    before),
                    evaluations);
        }
    }

    private AccuracyGuard(QuantizationResult start, Metric metric, double most, ProgressListener progress) {
        this.start = start;
        this.metric = metric;
        this.most = most;
        this.progress = progress;
    }

    /**
     * @param start a model in integers; one that stayed in float is handed back
     * @param data calibration images, which tell how sensitive layers are
     * @param most how many points the model may lose against float, 0 or more
     * @throws QuantizationException if {@code most} is negative
     */
    public static Guarded hold(
            QuantizationResult start, Metric metric, double most, CalibrationData data, ProgressListener progress) {
        String input = start.model().graph().inputs().get(0).name();
        return hold(start, metric, most, CalibrationFeeds.of(input, data), progress);
    }

    /** The same for a model with any number of inputs. */
    public static Guarded hold(
            QuantizationResult start, Metric metric, double most, CalibrationFeeds data, ProgressListener progress) {
        if (!(most >= 0)) {
            throw new QuantizationException("a drop of at most " + most + " points, expected 0 or more");
        }
        return new AccuracyGuard(start, metric, most, progress).run(data);
    }

    /**
     * Judges a model that no layer of shall return to float, such as one that was trained with its rounding in place.
     *
     * @param floats what it was made from
     */
    public static Guarded judge(Model floats, QuantizationResult made, Metric metric, double most) {
        double points = metric.points(made.model());
        return new Guarded(made, metric.points(floats), points, points, most, List.of(), 1);
    }

    private Guarded run(CalibrationFeeds data) {
        if (start.origin() == null) {
            double points = metric.points(start.model());
            return new Guarded(start, points, points, points, most, List.of(), 0);
        }
        progress.progress("judging the float model", 0);
        floatPoints = metric.points(start.origin().model());
        if (drop(0) <= most) {
            return guarded(0);
        }
        try (Samples samples = Samples.of(data, IMAGES, start.origin().model())) {
            order = Sensitivity.measure(start.origin(), samples.batches(), metric, floatPoints, progress);
        }
        return guarded(search());
    }

    /** How many layers return: the fewest that hold the goal, or those with the least drop. */
    private int search() {
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

    private double drop(int returned) {
        return drops.computeIfAbsent(returned, count -> {
            progress.progress("judging with " + count + " layers returned to float", count);
            return floatPoints - metric.points(with(count).model());
        });
    }

    private QuantizationResult with(int returned) {
        return returned == 0 ? start : explained(start.origin().withFloat(layers(returned)));
    }

    /** What is left in float, and was not before, is so for accuracy. */
    private QuantizationResult explained(QuantizationResult result) {
        Map<String, String> left = new TreeMap<>();
        result.left()
                .forEach((node, reason) ->
                        left.put(node, start.left().getOrDefault(node, "returned to float for accuracy")));
        return new QuantizationResult(result.model(), result.images(), result.integerNodes(), left, result.origin());
    }

    private List<String> layers(int returned) {
        return order.subList(0, returned).stream().map(Sensitivity::layer).toList();
    }

    private Guarded guarded(int returned) {
        return new Guarded(
                with(returned),
                floatPoints,
                floatPoints - drops.get(0),
                floatPoints - drops.get(returned),
                most,
                List.copyOf(order.subList(0, returned)),
                drops.size());
    }
}
