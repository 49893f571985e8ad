package dev.hone.jobs.runs;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as its file tells it.
 *
 * @param job such as {@code train}
 * @param model the file that it made or evaluated, as it was named
 * @param options all of them, as texts or lists of texts, by name
 * @param arguments those that differ from the defaults, as on the command line
 * @param versions of Hone, the runtime and the system, by name
 * @param notes what the job said of itself, such as the data revision
 * @param curve what was measured, in order
 * @param error why it failed, or null
 * @param seconds that it took, or took so far
 * @param sha256 of the model file, or null
 * @param result what the job would have printed as JSON; empty if it has none
 */
public record Run(
        String id,
        Path file,
        String job,
        Instant started,
        Path model,
        Map<String, Object> options,
        List<String> arguments,
        Map<String, String> versions,
        Map<String, String> notes,
        List<Point> curve,
        Outcome outcome,
        String error,
        double seconds,
        String sha256,
        Map<String, Object> result) {

    /**
     * What was measured at once.
     *
     * @param task that went on then, such as {@code training}
     * @param step the epoch, counted from 1
     * @param seconds since the start of the run
     */
    public record Point(String task, long step, double seconds, Map<String, Double> values) {}

    /** Name of the data, without its folders; "" if there are none. */
    public String data() {
        Object data = options.getOrDefault("data", options.get("calibrate"));
        Path name = data == null ? null : Path.of(data.toString()).getFileName();
        return name == null ? "" : name.toString();
    }

    /** What was trained, or "" if that is the default. */
    public String network() {
        Object architecture = options.getOrDefault("architecture", options.get("method"));
        Object from = options.get("from");
        return notes.getOrDefault(
                "network",
                architecture != null
                        ? architecture.toString()
                        : from != null ? "from " + Path.of(from.toString()).getFileName() : "");
    }

    /** Macro F1 on validation data for training, on the evaluated data for an evaluation; NaN if there is none. */
    public double macroF1() {
        Object found = inResult(job.equals("evaluate") ? "model" : "validation", "macroF1");
        if (found instanceof Number number) {
            return number.doubleValue();
        }
        return curve.stream()
                .mapToDouble(p -> p.values().getOrDefault("validation macro F1", Double.NaN))
                .filter(v -> !Double.isNaN(v))
                .max()
                .orElse(Double.NaN);
    }

    /** Escape rate of the model's own decisions where the run is an evaluation; NaN if there is none. */
    public double escapeRate() {
        Object found = inResult("model", "decisions", "escapeRate", "share");
        Object usual = found == null ? inResult("model", "escapeRate") : found;
        return usual instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private Object inResult(String... path) {
        Object at = result;
        for (String key : path) {
            at = at instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return at;
    }

    /** All numbers of the result, by their path, such as {@code validation.macroF1}; lists are left out. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        collect("", result, metrics);
        return metrics;
    }

    private static void collect(String prefix, Map<?, ?> from, Map<String, Double> to) {
        from.forEach((key, value) -> {
            if (value instanceof Number number) {
                to.put(prefix + key, number.doubleValue());
            } else if (value instanceof Map<?, ?> map) {
                collect(prefix + key + ".", map, to);
            }
        });
    }

    /** The curves by name, each a list of points in order; names begin with the task where there are several. */
    public Map<String, List<Value>> curves() {
        boolean several = curve.stream().map(Point::task).distinct().count() > 1;
        Map<String, List<Value>> curves = new LinkedHashMap<>();
        for (Point point : curve) {
            point.values().forEach((name, value) -> curves.computeIfAbsent(
                            several ? point.task() + " " + name : name, key -> new ArrayList<>())
                    .add(new Value(point.step(), point.seconds(), value)));
        }
        return curves;
    }

    /** A point of one curve. */
    public record Value(long step, double seconds, double value) {}
}
